"""The form of a service: what it is, when it is there, until when it is booked."""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from wtforms import BooleanField, SelectChoice, SelectField, SelectMultipleField

from app.booking_kinds import Late, LinkKind, ServiceKind, ServiceMode, Waiting
from app.formats import WEEKDAYS
from app.services.bookings.setting_up import building, services
from app.services.bookings.setting_up.building import Parts
from app.services.bookings.setting_up.reading import Shown
from app.services.bookings.setting_up.services import Described, Others
from app.services.refusals import Reason, Refusal
from app.web.fields import LineField, MaybeDayField, SentenceField, read_day
from app.web.forms import Form

PERIODS = {
    "terms": ("Pendant l’école", (True, False)),
    "holidays": ("Pendant les vacances", (False, True)),
    "both": ("Toute l’année", (True, True)),
}
MODES = {
    ServiceMode.DAYS: "Les parents réservent jour par jour",
    ServiceMode.REQUEST: "Les parents demandent, la mairie répond",
    ServiceMode.ATTENDANCE_ONLY: "On vient sans réserver",
}
WAITING = {
    Waiting.NONE: "Pas de liste d’attente",
    Waiting.AUTOMATIC: "La place libre va au premier de la liste",
    Waiting.OFFER: "La place libre est proposée au premier de la liste",
}
LATE = {
    Late.REFUSE: "C’est refusé",
    Late.REQUEST: "Une place exceptionnelle se demande à la mairie",
    Late.SURCHARGE: "C’est possible, plus cher",
}
LINKS = {
    "": "Rien",
    LinkKind.BRINGS: "Entraîne\u00a0: qui réserve l’un a l’autre",
    LinkKind.NEEDS: "Exige\u00a0: il faut l’autre pour le réserver",
    LinkKind.EXCLUDES: "Exclut\u00a0: l’un ou l’autre",
}
# Of each limit: its name, what choosing nothing means, and where it is kept.
LIMITS = {
    "book": ("Réserver", "Jusqu’à la fin du jour même", "book_rule"),
    "cancel": ("Annuler", "Comme pour réserver", "cancel_rule"),
    "absence": ("Signaler une absence", "Aucune absence ne se signale", "absence_rule"),
}


def _choices(words: dict[Any, str]) -> list[SelectChoice]:
    return [SelectChoice(str(value), label) for value, label in words.items()]


class ServiceForm(Form):
    """Each limit is four fields: `book_when`, `book_weekday`, `book_hour`, `book_written`."""

    name = SentenceField("Nom du service", 100, "Donnez un nom au service.")
    short_name = SentenceField("Nom court, pour les petits écrans (facultatif)", 40)
    kind = SelectField("Sorte de service", choices=_choices(services.KINDS))
    operator = SentenceField("Qui le tient, si ce n’est pas la commune (facultatif)", 100)
    weekdays = SelectMultipleField(
        "Jours d’ouverture",
        choices=[SelectChoice(str(number), name) for number, name in enumerate(WEEKDAYS)],
    )
    period = SelectField(
        "Période", choices=_choices({name: words for name, (words, _) in PERIODS.items()})
    )
    starts_at = LineField("De (facultatif)", 40)
    ends_at = LineField("À (facultatif)", 40)
    mode = SelectField("Comment on y vient", choices=_choices(MODES))
    capacity = LineField("Nombre de places (vide\u00a0: tous ceux qui viennent)", 40)
    waiting = SelectField("Quand c’est complet", choices=_choices(WAITING))
    due_absences = LineField(
        "Absences de suite dues avant que les suivantes soient gratuites (vide\u00a0: toutes)", 40
    )
    proof_hours = LineField(
        "Heures pour envoyer le justificatif d’une absence (vide\u00a0: aucun ne compte)", 40
    )
    shift = BooleanField("Une limite qui tombe un jour chômé passe au jour ouvré d’avant")
    late = SelectField("Après la limite", choices=_choices(LATE))
    opens_on = MaybeDayField("Les réservations ouvrent le (facultatif)")
    opens_hour = LineField("À (minuit si vide)", 40)

    @property
    def described(self) -> Described:
        """Return what was typed. Raises Refusal for what cannot be, on the field it is about."""
        in_terms, in_holidays = PERIODS[self.period.data][1]
        return Described(
            name=self.name.data or "",
            short_name=self.short_name.data or "",
            kind=ServiceKind(self.kind.data),
            operator=self.operator.data or "",
            weekdays=frozenset(map(int, self.weekdays.data or ())),
            starts_at=building.minute(self.starts_at.data or ""),
            ends_at=building.minute(self.ends_at.data or ""),
            in_terms=in_terms,
            in_holidays=in_holidays,
            mode=ServiceMode(self.mode.data),
            capacity=_number(self.capacity, "le nombre de places"),
            due_absences=_number(self.due_absences, "le nombre d’absences dues"),
            proof_hours=_number(self.proof_hours, "le nombre d’heures d’un justificatif"),
            waiting=Waiting(self.waiting.data),
            shift=bool(self.shift.data),
            late=Late(self.late.data),
            opens_at=building.opening(
                read_day(self.opens_on.data or ""), self.opens_hour.data or ""
            ),
            **{column: self.rule(name) for name, (_, _, column) in LIMITS.items()},
        )

    @property
    def others(self) -> Others:
        """Return what is said of other services, by their numbers."""
        said: dict[LinkKind, frozenset[int]] = {}
        for field in self:
            if field.name.startswith("link_") and field.data:
                kind = LinkKind(field.data)
                number = int(field.name.removeprefix("link_"))
                said[kind] = said.get(kind, frozenset()) | {number}
        return said

    def rule(self, limit: str) -> str:
        """Return one of the limits, as a line. Raises Refusal for what is none."""
        typed = (self[f"{limit}_{part}"].data or "" for part in Parts._fields)
        try:
            return building.put_together(Parts(*typed))
        except Refusal as refusal:
            raise Refusal(refusal.reason, f"{LIMITS[limit][0]}\u00a0: {refusal}") from refusal


def _number(field: LineField, what: str) -> int | None:
    typed = "".join((field.data or "").split())
    if typed and not (typed.isascii() and typed.isdigit()):
        raise Refusal(Reason.UNFIT, f"écrivez {what} en chiffres, ou rien")
    return int(typed[:9]) if typed else None


for _name, (_label, _nothing, _) in LIMITS.items():
    setattr(
        ServiceForm,
        f"{_name}_when",
        SelectField(
            f"{_label}\u00a0: jusqu’à quand", choices=_choices({"": _nothing} | building.WHEN)
        ),
    )
    setattr(
        ServiceForm,
        f"{_name}_weekday",
        SelectField("Quel jour de la semaine", choices=[SelectChoice(each) for each in WEEKDAYS]),
    )
    setattr(
        ServiceForm,
        f"{_name}_hour",
        SelectField("Jusqu’à quelle heure", choices=_choices(building.HOURS)),
    )
    setattr(ServiceForm, f"{_name}_written", LineField("Ou la limite écrite", 200))


class Lists(NamedTuple):
    """A limit of the page: its name, its fields."""

    label: str
    fields: list[Any]


def form_of(service: Shown | None, others: Iterable[Shown]) -> ServiceForm:
    """Make the form of a service, or of a new one, beside the others."""
    there = [each for each in others if service is None or each.number != service.number]
    links = {
        f"link_{each.number}": SelectField(each.described.name, choices=_choices(LINKS), default="")
        for each in there
    }
    with_links = type("ServiceForm", (ServiceForm,), links)
    form: ServiceForm = with_links(data=dict(_saved(service)))
    return form


def limits_of(form: ServiceForm) -> list[Lists]:
    """List the three limits."""
    return [
        Lists(label, [form[f"{name}_{part}"] for part in Parts._fields])
        for name, (label, _, _) in LIMITS.items()
    ]


def _saved(service: Shown | None) -> Iterator[tuple[str, Any]]:
    told = service.described if service else _NEW
    for name in ("name", "short_name", "operator", "kind", "mode", "waiting", "late", "shift"):
        yield name, getattr(told, name)
    yield "weekdays", [str(day) for day in sorted(told.weekdays)]
    period = (told.in_terms, told.in_holidays)
    yield "period", next(name for name, (_, when) in PERIODS.items() if when == period)
    yield "starts_at", building.hour(told.starts_at)
    yield "ends_at", building.hour(told.ends_at)
    yield "capacity", str(told.capacity or "")
    yield "due_absences", "" if told.due_absences is None else str(told.due_absences)
    yield "proof_hours", str(told.proof_hours or "")
    yield from zip(("opens_on", "opens_hour"), building.opening_apart(told.opens_at), strict=True)
    for limit, (_, _, column) in LIMITS.items():
        parts = building.taken_apart(getattr(told, column))
        yield from ((f"{limit}_{part}", value) for part, value in parts._asdict().items())
    for kind, numbers in (service.others if service else {}).items():
        yield from ((f"link_{number}", kind) for number in numbers)


# What most towns begin with.
_NEW = Described(
    name="",
    kind=ServiceKind.CANTEEN,
    weekdays=frozenset({0, 1, 3, 4}),
    book_rule="S-1 jeudi 24:00",
    absence_rule="J-0 09:00",
)
