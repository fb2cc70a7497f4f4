"""What every page must be, checked on each page a test gets.

Each check takes a page and yields its faults. `tests/test_page_checks.py` proves that each one
can fail.
"""

from tests.page_checks import forms, language, links, structure
from tests.page_checks.subject import Check, Subject

__all__ = ["CHECKS", "Check", "Subject", "page_faults"]

CHECKS: tuple[Check, ...] = (
    *structure.CHECKS,
    *forms.CHECKS,
    *links.CHECKS,
    *language.CHECKS,
)


def page_faults(page: Subject) -> list[str]:
    """Return every fault of a page, each with the name of its check."""
    return [f"{check.__name__}: {fault}" for check in CHECKS for fault in check(page)]
