"""The language: French, well set, with nothing left over from a library or a template."""

import re
from collections.abc import Iterator

from tests.support.page_checks.subject import Check, Subject

NO_BREAK = "\u00a0\u202f"

TYPOGRAPHY = (
    (re.compile(rf"(?<![{NO_BREAK}?!(])(?:[:;?!](?=[\s».,)]|$)|»)"), "no-break space before"),
    (re.compile(rf"(?<=[^{NO_BREAK}(])(?:€|%)"), "no-break space before"),
    (re.compile(rf"«(?![{NO_BREAK}])"), "no-break space after"),
    (re.compile(r"(?<=\w)'|'(?=\w)"), "’ instead of"),
    (re.compile(r'"'), "« » instead of"),
    (re.compile(r"\.\.\."), "… instead of"),
    (re.compile(r"(?<!\d)0\d(?: \d\d){4}(?!\d)"), "no-break spaces inside"),
    (re.compile(r"\d \d{3},\d\d"), "no-break spaces inside"),
)

# What Flask, Werkzeug, WTForms, Flask-WTF and Flask-Login say when nobody translated them,
# then words no French sentence holds.
ENGLISH = re.compile(
    r"\b(CSRF|bad request|unauthorized|forbidden|not found|method not allowed|gone|"
    r"content too large|request entity too large|too many requests|internal server error|"
    r"service unavailable|redirecting|field|is required|missing|invalid|please|"
    r"must be|do not match|username|password|submit|sign in|log in|logout|"
    r"the|and|your|you|with|this|is|are|not|was|error|token|unknown|january|february|march|april|"
    r"june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|"
    r"friday|saturday|sunday)\b",
    re.IGNORECASE,
)
LEFTOVERS = re.compile(
    r"\{\{|\}\}|\{%|%\}|\b(?:None|True|False|Undefined|undefined|NaN|Traceback|Decimal)\b|"
    r"<[a-z]+[ .]|&(?:amp|lt|gt|quot|nbsp|#\d+);|%\(\w+\)s"
)


def is_typeset_in_french(page: Subject) -> Iterator[str]:
    for line in page.lines_read:
        yield from typography_faults(line)


def has_no_english_left_over(page: Subject) -> Iterator[str]:
    for line in page.lines_read:
        for match in ENGLISH.finditer(line):
            yield f"English « {match[0]} » in: {line}"


def has_no_code_left_over(page: Subject) -> Iterator[str]:
    for line in page.lines_read:
        for match in LEFTOVERS.finditer(line):
            yield f"« {match[0]} » in: {line}"


def typography_faults(line: str) -> Iterator[str]:
    """Say what a French typographer would correct in a line, on a page or in a mail."""
    for pattern, remedy in TYPOGRAPHY:
        for match in pattern.finditer(line):
            yield f"{remedy} « {match[0]} » in: {line}"


CHECKS: tuple[Check, ...] = (
    is_typeset_in_french,
    has_no_english_left_over,
    has_no_code_left_over,
)
