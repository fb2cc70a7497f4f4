"""What each role may do at the town hall. Roles add up."""

from collections.abc import Iterable
from enum import StrEnum
from functools import lru_cache

from app.services.actors import CurrentClerk


class Role(StrEnum):
    """What somebody does at the town hall."""

    CARE = "cantine"
    READING = "lecture"
    OFFICE = "secretariat"
    REGIE = "regie"
    ADMINISTRATION = "administration"


class Right(StrEnum):
    """What a screen asks of whoever opens it; its words end « Votre rôle ne permet pas… »."""

    OWN_ACCOUNT = "d’ouvrir votre propre compte"
    DAY = "de voir ce qui attend"
    EXPECTED = "de voir qui vient à la cantine et à la garderie"
    ATTENDANCE = "d’ouvrir le pointage d’un service"
    ORDER = "de commander les repas"
    DIETS = "de lire ce que la santé d’un enfant demande"
    HEALTH = "d’écrire ce que la santé d’un enfant demande"
    PROOFS = "de lire les justificatifs d’absence"
    FAMILIES = "d’ouvrir le dossier d’une famille"
    ACCESS = "d’envoyer, de changer ou de fermer l’accès d’un parent"
    CHANGE_FILES = "de changer le dossier d’une famille"
    AMOUNTS = "de voir les montants"
    BILLING = "de préparer la facturation des services"
    REQUESTS = "de lire les demandes"
    ANSWER = "de répondre aux demandes"
    ANSWER_ALL = "de répondre à cette sorte de demande"
    READY_ANSWERS = "de changer les modèles de réponse"
    BOOK = "de réserver pour une famille"
    SERVICES = "de régler les services et le calendrier"
    ERASE = "d’effacer les données d’une famille"
    VIEW_AS = "de voir le portail comme une famille"
    MESSAGES = "de lire les messages"
    WRITE = "d’écrire aux familles"
    WRITE_TO_ALL = "d’écrire à d’autres familles qu’à celles en retard de paiement"
    DOCUMENTS = "de voir les documents"
    PUBLISH = "de publier un document"
    MAILS = "de voir les courriels"
    IMPORT = "d’importer les fichiers de votre logiciel"
    CLOSE_MANY = "de fermer autant d’accès"
    UNDO_ANY_IMPORT = "d’annuler l’import d’un autre, ou d’un autre jour"
    EXPORT = "d’exporter toute la commune"
    JOURNAL = "de lire le journal"
    SETTINGS = "de changer les réglages"
    TEAM = "de dire qui entre à la mairie"


# Whoever has it reads of all services, whichever they work for.
OF_ALL = Right.SERVICES
IN_FRENCH = {
    Role.CARE: "Cantine et garderies",
    Role.READING: "Lecture",
    Role.OFFICE: "Secrétariat",
    Role.REGIE: "Régie",
    Role.ADMINISTRATION: "Administration",
}
_EVERYBODY = frozenset(
    {
        Right.OWN_ACCOUNT,
        Right.DAY,
        Right.EXPECTED,
        Right.FAMILIES,
        Right.REQUESTS,
        Right.MESSAGES,
        Right.DOCUMENTS,
    }
)
# The Régie answers requests about money (requests.kinds), and writes to those who are late.
_TREASURY = _EVERYBODY | {
    Right.ACCESS,
    Right.CHANGE_FILES,
    Right.AMOUNTS,
    Right.BILLING,
    Right.VIEW_AS,
    Right.ANSWER,
    Right.WRITE,
    Right.MAILS,
    Right.IMPORT,
}
OF_ROLE = {
    # They mind the children, and open no file: to them, « à faire » is the list of the day.
    Role.CARE: frozenset(
        {Right.OWN_ACCOUNT, Right.DAY, Right.EXPECTED, Right.ATTENDANCE, Right.ORDER, Right.DIETS}
    ),
    Role.READING: _EVERYBODY,
    Role.OFFICE: _TREASURY
    | {
        Right.ANSWER_ALL,
        Right.READY_ANSWERS,
        Right.BOOK,
        Right.SERVICES,
        Right.ATTENDANCE,
        Right.ORDER,
        Right.DIETS,
        Right.HEALTH,
        Right.PROOFS,
        Right.WRITE_TO_ALL,
        Right.PUBLISH,
    },
    Role.REGIE: _TREASURY,
    Role.ADMINISTRATION: frozenset(Right),
}


def may(clerk: CurrentClerk, right: Right) -> bool:
    """Tell whether one of their roles allows it."""
    return right in allowed(clerk.roles)


@lru_cache(maxsize=64)
def allowed(names: tuple[str, ...]) -> frozenset[Right]:
    """Add up what roles allow: a page asks for each of its links."""
    return frozenset().union(*(OF_ROLE[role] for role in known(names)))


def bound(names: tuple[str, ...], served: str | None) -> frozenset[str] | None:
    """Return the services they read of, of those they work for; None for all there are."""
    if not served or OF_ALL in allowed(names):
        return None
    return frozenset(served.split(","))


def known(names: Iterable[str]) -> list[Role]:
    """Read roles by name, in the order of their power; another version's are no role."""
    held = set(names)
    return [role for role in Role if role in held]


def administers(names: Iterable[str]) -> bool:
    """Tell whether these roles allow everything."""
    return Role.ADMINISTRATION in names
