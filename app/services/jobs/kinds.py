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


IN_FRENCH: dict[str, str] = {
    JobKind.PURGE: "ménage de la nuit",
    JobKind.ERASURE: "effacement des familles",
    JobKind.IMPORT: "import demandé à l’écran",
    JobKind.INVITATIONS: "invitations demandées à l’écran",
    JobKind.WORDS: "mots qui font trouver une famille",
    JobKind.MESSAGE: "message de la mairie, à son heure",
}

STATES = {
    JobState.QUEUED: "en attente",
    JobState.RUNNING: "en cours",
    JobState.DONE: "fait",
    JobState.FAILED: "abandonné",
}
