"""What could not be saved with the rest is told above the page of what was."""

from flask import flash

from app.services.bookings.saving import Saved

REFUSED = "Le reste est enregistré, mais pas ceci\u00a0:"
# A cookie holds so many sentences.
MOST_TOLD = 12


def tell_of_refused(saved: Saved) -> None:
    """Say why, day by day."""
    if saved.refused:
        lines = [each.whole_sentence for each in saved.refused[:MOST_TOLD]]
        flash({"text": REFUSED, "lines": lines}, "info")  # type: ignore[arg-type]
