"""The kinds of requests; a town switches off those it does not take."""

from typing import NamedTuple

from app.services.files.uploads import Accepted
from app.settings import in_force, settings
from configuring.requests import delays, words


class Closing(NamedTuple):
    """How the town hall ends what it does not refuse: the state, and the line of the history."""

    state: str
    event: str
    # On the button of whoever does it.
    press: str = "Accepter"


ACCEPTED = Closing("Acceptée", "Demande acceptée")
# Nothing is granted: the answer is all, and it may be a no.
ANSWERED = Closing("Répondue", "Réponse de la mairie", "Répondre et clore")
# Not before it is: accepting only plans it.
ERASED = Closing("Faite", "Données effacées")
BOOKED = Closing("Accordée", "Place réservée par la mairie", "Accepter et réserver")
NOTED = Closing("Prise en compte", "Absence prise en compte", "Prendre en compte")


class Kind(NamedTuple):
    """One kind of request."""

    key: str
    # In addresses.
    slug: str
    label: str
    # One line, for whoever hesitates between two kinds.
    about: str
    # Working days within which the town hall answers, unless it says otherwise.
    usual_days: int
    # What the files are, when the kind takes any; compulsory in `needs_file`.
    files: Accepted | None = None
    files_label: str = "Pièces à joindre (facultatif)"
    needs_file: bool = False
    # Whether the other guardian of the family is kept out of it.
    personal: bool = False
    closing: Closing = ACCEPTED
    # Whether whoever keeps the accounts answers it too.
    about_money: bool = False
    # Why no clerk types it for a caller; empty when one may.
    own_hand: str = ""
    # Whether it begins from a day of the bookings, which no list of kinds leads to.
    from_week: bool = False

    @property
    def answer_within(self) -> int:
        """Return within how many working days this town answers."""
        return delays(settings.request_delays).get(self.slug, self.usual_days)

    @property
    def words(self) -> str:
        """Return what families read under its name: the town's own sentence, or the usual one."""
        return words(settings.request_words).get(self.slug, self.about)

    @property
    def is_question(self) -> bool:
        """Tell whether it wants an answer, rather than a yes or a no."""
        return self.closing is ANSWERED


KINDS = (
    Kind(
        key="canteen",
        slug="cantine",
        label="Inscrire à la cantine",
        about="Pour les jours d’école de votre choix. La pause méridienne est comprise.",
        usual_days=5,
        files=Accepted.PAPERS,
    ),
    Kind(
        key="garderie",
        slug="garderie",
        label="Inscrire à la garderie",
        about="Le matin, le soir ou les deux, les jours de votre choix.",
        usual_days=5,
        files=Accepted.PAPERS,
    ),
    Kind(
        key="absence",
        slug="absence",
        label="Signaler une absence",
        about="Votre enfant ne viendra pas à la cantine ou à la garderie.",
        usual_days=2,
        files=Accepted.PAPERS,
        closing=NOTED,
    ),
    Kind(
        key="place",
        slug="place",
        label="Demander une place exceptionnelle",
        about="Il est trop tard pour réserver\u00a0: la mairie dit si c’est encore possible.",
        usual_days=1,
        files=Accepted.PAPERS,
        closing=BOOKED,
        own_hand="Le parent la fait depuis le jour qu’il veut, dans ses réservations.",
        from_week=True,
    ),
    Kind(
        key="details",
        slug="coordonnees",
        label="Modifier mes coordonnées",
        about="Votre nom, votre adresse ou vos téléphones ont changé.",
        usual_days=8,
        personal=True,
        own_hand="Corrigez-les dans votre logiciel\u00a0: le prochain import les apporte. "
        "L’adresse de courriel se corrige dans le dossier.",
    ),
    Kind(
        key="child_error",
        slug="fiche-enfant",
        label="Signaler une erreur sur la fiche d’un enfant",
        about="Un nom, une date de naissance, une école ou une classe à corriger.",
        usual_days=8,
        files=Accepted.PAPERS,
        closing=ANSWERED,
    ),
    Kind(
        key="photo",
        slug="photo",
        label="Proposer une photo",
        about="Une nouvelle photo pour la fiche de votre enfant.",
        usual_days=8,
        files=Accepted.PICTURES,
        files_label="La photo",
        needs_file=True,
    ),
    Kind(
        key="invoice_question",
        slug="facture",
        label="Poser une question sur une facture",
        about="Un montant ou une prestation que vous ne comprenez pas.",
        usual_days=8,
        files=Accepted.PAPERS,
        closing=ANSWERED,
        about_money=True,
    ),
    Kind(
        key="attestation",
        slug="attestation",
        label="Demander une attestation",
        about="Par exemple pour votre employeur ou un organisme.",
        usual_days=8,
        closing=ANSWERED,
        about_money=True,
    ),
    Kind(
        key="account_deletion",
        slug="suppression",
        label="Demander la suppression de mes données",
        about="La mairie efface ce que la loi ne l’oblige pas à garder.",
        usual_days=20,
        personal=True,
        closing=ERASED,
        own_hand="La personne la fait elle-même, depuis «\u00a0Mon compte\u00a0» ou par écrit\u00a0"
        ": personne ne doit pouvoir la faire à sa place.",
    ),
    Kind(
        key="other",
        slug="autre",
        label="Autre demande",
        about="Une question, un souhait, un problème : écrivez-le à la mairie.",
        usual_days=8,
        files=Accepted.PAPERS,
    ),
)
DETAILS = "details"
PHOTO = "photo"
PLACE = "place"
ACCOUNT_DELETION = "account_deletion"
BY_KEY = {kind.key: kind for kind in KINDS}
# Seen by whoever sent them only.
PERSONAL = tuple(kind.key for kind in KINDS if kind.personal)


def offered() -> list[Kind]:
    """List what this town takes."""
    off = in_force().request_kinds_off
    return [kind for kind in KINDS if kind.slug not in off]


def is_offered(slug: str) -> bool:
    """Tell whether this town takes this kind."""
    return slug not in in_force().request_kinds_off


def by_slug(slug: str) -> Kind | None:
    """Return the kind of an address, None when there is none or the town does not take it."""
    return next((kind for kind in offered() if kind.slug == slug), None)
