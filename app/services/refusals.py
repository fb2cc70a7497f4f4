"""Why something that was asked for is not done: a reason that code knows, and words for people."""

from enum import StrEnum

from app.formats import ended


class Reason(StrEnum):
    """What kind of obstacle it is."""

    # Nothing has this number or this name.
    UNKNOWN = "unknown"
    # Something compulsory was left out.
    MISSING = "missing"
    # What was typed, or the file, cannot be taken.
    UNFIT = "unfit"
    # It changes nothing.
    SAME = "same"
    TOO_LONG = "too long"
    TOO_MANY = "too many"
    # It has had its answer, takes none, or whoever it was for has left.
    CLOSED = "closed"
    # Something else happened since it was read.
    OUTDATED = "outdated"
    # More than one answers to it.
    AMBIGUOUS = "ambiguous"


class Refusal(ValueError):  # noqa: N818 (a refusal, not a bug)
    """Nothing was done; the message says why and what to do, in French."""

    def __init__(self, reason: Reason, words: str) -> None:
        """Carry both."""
        super().__init__(words)
        self.reason = reason

    @property
    def sentence(self) -> str:
        """Write its words as a sentence of their own; they may lack its capital and its stop."""
        words = str(self)
        return ended(f"{words[:1].upper()}{words[1:]}")
