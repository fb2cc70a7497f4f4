"""« À qui »: the part of a form that chooses families."""

from typing import Any

from flask import request
from wtforms import RadioField, SelectChoice, SelectMultipleField
from wtforms.validators import InputRequired

from app.services.targets import choosing, offered
from app.services.targets.kinds import IN_FRENCH, Target, TargetKind
from app.typed_text import one_line
from app.web.fields import LineField, TextField
from app.web.forms import Form

LONGEST_NUMBER, LONGEST_DAYS, LONGEST_LIST = 40, 5, 100_000
USUAL_DELAY = "30"


class TargetForm(Form):
    """« À qui »."""

    kind = RadioField("À qui", validators=[InputRequired("Dites à qui.")])
    family = LineField("Numéro de la famille", LONGEST_NUMBER)
    classes = SelectMultipleField("Écoles et classes", validate_choice=False)
    activity = RadioField("Activité", validate_choice=False)
    days = LineField("En retard de plus de (jours)", LONGEST_DAYS)
    numbers = TextField("Numéros des familles", LONGEST_LIST)

    def offer(self, *, to_all: bool) -> None:
        """Offer what there is to choose among; whoever writes to late payers only, them."""
        kinds = TargetKind if to_all else (TargetKind.LATE,)
        self.kind.choices = [SelectChoice(each.value, IN_FRENCH[each]) for each in kinds]
        schools, labels = (offered.classes(), offered.activities()) if to_all else ({}, {})
        self.classes.choices = [SelectChoice(each, each) for each in schools]
        self.activity.choices = [SelectChoice(each, each) for each in labels]

    def show_target(self, target: Target) -> None:
        """Show to whom a draft is."""
        first = target.values[0] if target.values else ""
        self.kind.data = target.kind.value
        self.family.data = first if target.kind is TargetKind.FAMILY else ""
        self.classes.data = list(target.values) if target.kind is TargetKind.SCHOOL else []
        self.activity.data = first if target.kind is TargetKind.ACTIVITY else None
        self.days.data = first if target.kind is TargetKind.LATE else USUAL_DELAY
        listed = target.kind is TargetKind.NUMBERS
        self.numbers.data = "\n".join(target.values) if listed else ""

    @property
    def target(self) -> Target:
        """Read to whom, once it is valid."""
        kind = TargetKind(self.kind.data)
        values = {
            TargetKind.EVERYBODY: (),
            TargetKind.FAMILY: (self.family.data or "",),
            TargetKind.SCHOOL: tuple(self.classes.data or ()),
            TargetKind.ACTIVITY: (self.activity.data or "",),
            TargetKind.LATE: (self.days.data or "",),
            TargetKind.NUMBERS: choosing.numbers_in(self.numbers.data or ""),
        }[kind]
        return Target(kind, values)

    @property
    def of_target(self) -> Any:
        """Return the field that says which, of the kind chosen."""
        return {
            TargetKind.FAMILY: self.family,
            TargetKind.SCHOOL: self.classes,
            TargetKind.ACTIVITY: self.activity,
            TargetKind.LATE: self.days,
            TargetKind.NUMBERS: self.numbers,
        }.get(TargetKind(self.kind.data), self.kind)


def family_in_address() -> Target:
    """Begin with a family that the address names; with nobody in particular otherwise."""
    family = one_line(request.args.get("famille", ""))[:LONGEST_NUMBER]
    return Target(TargetKind.FAMILY, (family,)) if family else Target()
