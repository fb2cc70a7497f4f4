"""What there is to do in the background, and how operators read it."""

from enum import StrEnum

from app.models import JobState


class JobKind(StrEnum):
    """Kinds of jobs. The factory says who does each."""

    PURGE = "purge"
    ERASURE = "erasure"
    IMPORT = "import"
    INVITATIONS = "invitations"
    WORDS = "words"
    MESSAGE = "message"
    OFFERS = "offers"
    OPENING = "opening"
    CLOSING = "closing"
    GROUPS = "groups"
    CLERK_NEWS = "clerk_news"
    CLERK_MORNING = "clerk_morning"


IN_FRENCH: dict[str, str] = {
    JobKind.PURGE: "ménage de la nuit",
    JobKind.ERASURE: "effacement des familles",
    JobKind.IMPORT: "import demandé à l’écran",
    JobKind.INVITATIONS: "invitations demandées à l’écran",
    JobKind.WORDS: "mots qui font trouver une famille",
    JobKind.MESSAGE: "message de la mairie, à son heure",
    JobKind.OFFERS: "places proposées restées sans réponse",
    JobKind.OPENING: "ouverture des réservations, à dire à qui l’a demandé",
    JobKind.CLOSING: "jours fermés ou rouverts\u00a0: ce qui y est réservé, puis le message",
    JobKind.GROUPS: "groupes ou places d’un service\u00a0: ce qui est réservé suit",
    JobKind.CLERK_NEWS: "nouvelles pour la mairie, tout de suite",
    JobKind.CLERK_MORNING: "nouvelles pour la mairie, à 8 h",
}

STATES = {
    JobState.QUEUED: "en attente",
    JobState.RUNNING: "en cours",
    JobState.DONE: "fait",
    JobState.FAILED: "abandonné",
}
