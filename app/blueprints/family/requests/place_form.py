"""« Demander une place exceptionnelle »: the form of a box of the week that is closed."""

from flask import url_for
from wtforms import SelectChoice

from app.formats import NBSP
from app.services.bookings.exceptional import asking
from app.services.bookings.exceptional.asking import Askable, Askables
from app.services.requests.kinds import PLACE
from app.web.access import current_account
from app.web.fields import TextField
from app.web.request_forms import CHOOSE_DAYS, LONGEST_TEXT, RequestForm, SomeOf


class PlaceForm(RequestForm):
    """Which days, and why."""

    boxes = SomeOf("Places demandées", CHOOSE_DAYS)
    text = TextField("Raison", LONGEST_TEXT, "Écrivez la raison\u00a0: la mairie en tient compte.")
    found: Askables

    @property
    def details(self) -> dict[str, object]:
        """Name the boxes to people too: a request is read for years."""
        chosen = set(self.boxes.data or ())
        words = [each.words for each in self.found.boxes if each.name in chosen]
        return {**super().details, "places": words}

    @property
    def told(self) -> dict[str, object]:
        """Say what they cost, which is this family's own matter."""
        chosen = set(self.boxes.data or ())
        return {
            **self.details,
            "places": [_priced(each) for each in self.found.boxes if each.name in chosen],
        }

    @property
    def chosen_children(self) -> list[str]:
        """Return the one whose boxes they are."""
        return [self.found.child.public_id]

    def words_for(self, name: str) -> list[str]:
        """Name the child."""
        child = self.found.child
        return [f"{child.first_name} {child.last_name}"] if name == "child" else []


def begun(name: str) -> PlaceForm | None:
    """Offer what may be asked for beside a box, itself ticked; None when it cannot be."""
    found = asking.beside(current_account().family_id, name)
    if found is None:
        return None
    form = PlaceForm(data={"boxes": [name]})
    form.found = found
    form.action = url_for("family.request_form", kind=PLACE, place=name)
    form.boxes.choices = [SelectChoice(each.name, _priced(each)) for each in found.boxes]
    return form


def _priced(each: Askable) -> str:
    return f"{each.words}{NBSP}: {each.price}" if each.price else each.words
