"""What every page must be, checked on each page a test gets.

Each check takes a page and yields its faults. `tests/test_page_checks.py` proves that each one
can fail.
"""

import re

from tests.support.page_checks import forms, language, links, structure
from tests.support.page_checks.subject import Check, Subject

__all__ = ["CHECKS", "Check", "Subject", "faults_of_new_page", "page_faults"]

TOKEN = re.compile(r'(?<=name="csrf_token" value=")[^"]+')

CHECKS: tuple[Check, ...] = (
    *structure.CHECKS,
    *forms.CHECKS,
    *links.CHECKS,
    *language.CHECKS,
)

_found_good: set[int] = set()


def page_faults(page: Subject) -> list[str]:
    """Return every fault of a page, each with the name of its check."""
    return [f"{check.__name__}: {fault}" for check in CHECKS for fault in check(page)]


def faults_of_new_page(page: Subject) -> list[str]:
    """Do the same, but only once for pages that differ by their token alone: tests meet the
    sign-in page hundreds of times, and checking a page takes longer than making it.
    """
    fingerprint = hash((page.app.import_name, page.path, TOKEN.sub("…", page.html)))
    if fingerprint in _found_good:
        return []
    faults = page_faults(page)
    if not faults:
        _found_good.add(fingerprint)
    return faults
