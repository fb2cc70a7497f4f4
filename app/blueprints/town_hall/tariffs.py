"""« Tarifs » of a service: what families read as an estimate, line by line."""

from decimal import Decimal

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import BooleanField

from app.blueprints.town_hall.blueprint import town_hall
from app.formats import today
from app.services.bookings.setting_up import reading
from app.services.bookings.setting_up import tariffs as service
from app.services.bookings.setting_up.tariffs import Said
from app.services.clerks.rights import Right
from app.services.refusals import Reason, Refusal
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.fields import AnyDayField, LineField, read_day
from app.web.forms import Form, left_open, show_again

SAVED = "Enregistré. Les familles lisent leurs estimations d’après lui."
REMOVED = "Ligne retirée."


class TariffForm(Form):
    """A line: for whom, from when on, how much."""

    first = AnyDayField("À partir du")
    last = LineField("Jusqu’au (facultatif)", 40)
    qf_min = LineField("Quotient, de (facultatif)", 40)
    qf_max = LineField("Quotient, à (facultatif)", 40)
    rank = LineField("À partir de quel enfant de la famille (facultatif)", 40)
    outside = BooleanField("Pour les familles hors commune")
    amount = LineField("Prix du jour", 40, "Écrivez le prix, comme 4,20.")
    late_amount = LineField("Réservé hors délai (facultatif)", 40)
    unbooked_amount = LineField("Venu sans réserver (facultatif)", 40)
    absent_amount = LineField("Absent, et dû (facultatif)", 40)
    cost_price = LineField("Ce que le jour coûte à la commune (facultatif)", 40)

    @property
    def said(self) -> Said:
        """Return what was typed. Raises Refusal, naming the field that cannot be read."""
        first = read_day(self.first.data or "")
        assert first is not None
        amount = self._number(self.amount)
        assert amount is not None
        last = read_day(self.last.data or "")
        if self.last.data and last is None:
            raise Refusal(Reason.UNFIT, "choisissez un dernier jour, comme 31/08/2027, ou aucun")
        return Said(
            first=first,
            last=last,
            outside=bool(self.outside.data),
            rank=self._rank(),
            amount=amount,
            qf_min=self._number(self.qf_min),
            qf_max=self._number(self.qf_max),
            late_amount=self._number(self.late_amount),
            unbooked_amount=self._number(self.unbooked_amount),
            absent_amount=self._number(self.absent_amount),
            cost_price=self._number(self.cost_price),
        )

    def _number(self, field: LineField) -> Decimal | None:
        # Read with the files: whoever opens no tariff needs neither.
        from app.services.importing import numbers
        from app.services.importing.faults import FieldRefused

        if not field.data:
            return None
        try:
            return Decimal(numbers.parse_amount(field.data)).scaleb(-numbers.HUNDREDTHS)
        except FieldRefused:
            name = field.label.text.removesuffix(" (facultatif)")
            words = f"{name}\u00a0: écrivez un nombre comme 4,20, sans signe"
            raise Refusal(Reason.UNFIT, words) from None

    def _rank(self) -> int | None:
        typed = self.rank.data or ""
        if typed and not (typed.isascii() and typed.isdigit()):
            raise Refusal(Reason.UNFIT, "écrivez le rang de l’enfant\u00a0: 2 pour le deuxième")
        return int(typed[:9]) if typed else None


@town_hall.route("/mairie/services/<int:number>/tarifs", methods=["GET", "POST"])
@needs(Right.SERVICES)
def tariffs(number: int) -> ResponseReturnValue:
    """Those of a service, and the form of one more."""
    listed = {each.number: each for each in reading.listed(today())}
    found = listed.get(number) or abort(404)
    form = TariffForm(data={"first": today().isoformat()})
    if form.is_submitted():
        return _say(number, form)
    return render_template(
        "town_hall/tariffs.html", form=form, found=found, lines=service.listed(number)
    )


@town_hall.post("/mairie/services/<int:number>/tarifs/<int:line>/retirer")
@needs(Right.SERVICES)
@stands_on("town_hall.tariffs")
def remove_tariff(number: int, line: int) -> ResponseReturnValue:
    """Take a line away."""
    if stale := left_open():
        return stale
    try:
        service.remove(number, line, current_clerk())
    except Refusal as refused:
        flash(refused.sentence, "info")
    else:
        flash(REMOVED, "success")
    return redirect(url_for("town_hall.tariffs", number=number))


def _say(number: int, form: TariffForm) -> ResponseReturnValue:
    if not form.validate():
        return show_again(form)
    try:
        service.say(number, form.said, current_clerk())
    except Refusal as refused:
        form.form_errors.append(refused.sentence)
        return show_again(form)
    flash(SAVED, "success")
    return redirect(url_for("town_hall.tariffs", number=number))
