"""« Groupes » of a service: parts of its children that have places of their own."""

from typing import TYPE_CHECKING, Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectChoice, SelectMultipleField

from app.blueprints.town_hall.blueprint import town_hall
from app.formats import plural, today
from app.services.clerks.rights import Right
from app.services.refusals import Refusal
from app.web.clerk_access import current_clerk, needs
from app.web.drafts import stands_on
from app.web.fields import LineField, SentenceField
from app.web.forms import Form, left_open, show_again

if TYPE_CHECKING:
    from app.services.bookings.groups.group_work import Followed
    from app.services.bookings.groups.service_groups import Shown, Told
    from app.services.bookings.setting_up.reading import Shown as Service

SAVED = "Enregistré."
MOVED = "Enregistré. {} maintenant dans un autre groupe."
MOVES = "Enregistré. Ce qui est réservé rejoint son groupe\u00a0: cette page dit quand c’est fini."
REMOVED = "Groupe retiré."
BETWEEN = ","


class GroupForm(Form):
    """Its name, its places, whose they are."""

    name = SentenceField("Nom du groupe", 100, "Donnez un nom au groupe.")
    capacity = LineField("Nombre de places", 40)
    schools = SelectMultipleField("Écoles (aucune cochée\u00a0: toutes)")
    classes = LineField("Classes, séparées par des virgules (vide\u00a0: toutes)", 500)

    def __init__(self, **kwargs: Any) -> None:
        """Offer the schools that children go to."""
        super().__init__(**kwargs)
        from app.services.bookings.closings import closing_list

        self.schools.choices = [SelectChoice(each, each) for each in closing_list.schools()]

    @property
    def told(self) -> "Told":
        """Read it."""
        from app.services.bookings.groups.service_groups import Told

        typed = "".join((self.capacity.data or "").split())
        is_number = typed.isascii() and typed.isdigit()
        names = (" ".join(each.split()) for each in (self.classes.data or "").split(BETWEEN))
        return Told(
            self.name.data or "",
            int(typed[:9]) if is_number else None,
            tuple(self.schools.data or ()),
            tuple(name for name in names if name),
        )


@town_hall.route("/mairie/services/<int:number>/groupes", methods=["GET", "POST"])
@needs(Right.SERVICES)
def service_groups(number: int) -> ResponseReturnValue:
    """Those of a service, and the form of one more."""
    from app.services.bookings.groups import group_work, membership
    from app.services.bookings.groups import service_groups as setting
    from app.services.bookings.groups.group_work import WHILE_ONE_WAITS

    found, form = _service(number), GroupForm()
    if form.is_submitted():
        if not form.validate():
            return show_again(form)
        try:
            followed = setting.add(number, form.told, current_clerk(), WHILE_ONE_WAITS)
        except Refusal as refused:
            return _refused(form, refused)
        return _saved(number, followed)
    groups = setting.listed(number)
    return render_template(
        "town_hall/service_groups.html",
        form=form,
        found=found,
        groups=groups,
        members=membership.members(number, groups),
        is_moving=group_work.is_under_way(number),
    )


@town_hall.route("/mairie/services/<int:number>/groupes/<int:group>", methods=["GET", "POST"])
@needs(Right.SERVICES)
def service_group(number: int, group: int) -> ResponseReturnValue:
    """One of them, to change."""
    from app.services.bookings.groups import group_work, membership
    from app.services.bookings.groups import service_groups as setting
    from app.services.bookings.groups.group_work import WHILE_ONE_WAITS

    found, shown = _service(number), _group(number, group)
    form = GroupForm(
        data={
            "name": shown.name,
            "capacity": str(shown.capacity),
            "schools": list(shown.schools),
            "classes": f"{BETWEEN} ".join(shown.classes),
        }
    )
    if form.is_submitted():
        if not form.validate():
            return show_again(form)
        try:
            by = current_clerk()
            followed = setting.change(number, group, form.told, by, WHILE_ONE_WAITS)
        except Refusal as refused:
            return _refused(form, refused)
        return _saved(number, followed)
    classes = membership.members(number, setting.listed(number)).classes
    return render_template(
        "town_hall/service_group.html",
        form=form,
        found=found,
        group=shown,
        classes=classes,
        is_moving=group_work.is_under_way(number),
    )


@town_hall.post("/mairie/services/<int:number>/groupes/<int:group>/retirer")
@needs(Right.SERVICES)
@stands_on("town_hall.service_group")
def remove_service_group(number: int, group: int) -> ResponseReturnValue:
    """Take an empty one away."""
    from app.services.bookings.groups import service_groups as setting
    from app.services.bookings.groups.group_work import WHILE_ONE_WAITS

    if stale := left_open():
        return stale
    try:
        setting.remove(number, group, current_clerk(), WHILE_ONE_WAITS)
    except Refusal as refused:
        flash(refused.sentence, "info")
        return redirect(url_for("town_hall.service_groups", number=number))
    flash(REMOVED, "success")
    return redirect(url_for("town_hall.service_groups", number=number))


def _service(number: int) -> "Service":
    from app.services.bookings.setting_up import reading

    listed = {each.number: each for each in reading.listed(today())}
    return listed.get(number) or abort(404)


def _group(number: int, group: int) -> "Shown":
    from app.services.bookings.groups import service_groups as setting

    return {each.number: each for each in setting.listed(number)}.get(group) or abort(404)


def _refused(form: GroupForm, refused: Refusal) -> ResponseReturnValue:
    form.form_errors.append(refused.sentence)
    return show_again(form)


def _saved(number: int, followed: "Followed") -> ResponseReturnValue:
    moved = plural(followed.moved, "réservation à venir compte", "réservations à venir comptent")
    words = MOVED.format(moved) if followed.moved else SAVED
    flash(words if followed.is_over else MOVES, "success")
    return redirect(url_for("town_hall.service_groups", number=number))
