"""Forms: labels, tokens, passwords, and errors that lead to their field."""

from collections.abc import Iterator

from bs4 import Tag

from tests.support.page_checks.subject import Check, Subject, opening
from tests.support.page_checks.text import plain, visible_text

CONTROLS = (
    "input:not([type=hidden]):not([type=submit]):not([type=button]):not([type=image]), "
    "select, textarea"
)
PASSWORD_PURPOSES = ("current-password", "new-password")
SUMMARY = ".error-summary"
ERROR_PREFIX = "Erreur : "


def labels_belong_to_a_field(page: Subject) -> Iterator[str]:
    controls = {tag.get("id") for tag in page.all(CONTROLS)}
    for label in page.all("label[for]"):
        if label["for"] not in controls:
            yield f'{opening(label)}: no field has the id "{label["for"]}"'


def fields_have_labels(page: Subject) -> Iterator[str]:
    labelled = {label["for"] for label in page.all("label[for]") if visible_text(label)}
    for control in page.all(CONTROLS):
        if control.get("id") not in labelled and control.find_parent("label") is None:
            yield f"{opening(control)} has no label"


def fields_have_no_placeholder(page: Subject) -> Iterator[str]:
    for control in page.all("[placeholder]"):
        yield f"{opening(control)} has a placeholder, which vanishes when one types"


def passwords_are_never_sent_back(page: Subject) -> Iterator[str]:
    for control in page.all("input[type=password]"):
        if control.get("value"):
            yield f"{opening(control)} holds a value"


def passwords_suit_password_managers(page: Subject) -> Iterator[str]:
    for control in page.all("input[type=password]"):
        if control.get("autocomplete") not in PASSWORD_PURPOSES:
            yield f"{opening(control)} lacks autocomplete current-password or new-password"
        if control.has_attr("maxlength"):
            yield f"{opening(control)} cuts a long password short without a word"


def posting_forms_carry_a_token(page: Subject) -> Iterator[str]:
    for form in page.all("form"):
        tokens = [tag.get("value") for tag in form.select("input[name=csrf_token]")]
        posts = _posts(form)
        if posts and (len(tokens) != 1 or not tokens[0]):
            yield f"{opening(form)} needs one csrf_token, it has {len(tokens)}"
        if not posts and tokens:
            yield f"{opening(form)} would write its token in the address bar"


def errors_are_announced_everywhere(page: Subject) -> Iterator[str]:
    """A title that says so, a summary that links to each field, its sentence by the field."""
    invalid = page.all("[aria-invalid=true]")
    summaries = page.all(SUMMARY)
    title = plain(page.soup.title.get_text()) if page.soup.title else ""
    if bool(summaries) != title.startswith(ERROR_PREFIX):
        yield f"title « {title} » and {len(summaries)} error summaries do not agree"
    if invalid and not summaries:
        yield "a field is in error without a summary on top"
    links = [(link["href"], visible_text(link)) for link in page.all(f'{SUMMARY} a[href^="#"]')]
    for control in invalid:
        sentences = [words for href, words in links if href == f"#{control.get('id')}"]
        if not sentences:
            yield f"the summary has no link to {opening(control)}"
        described = _described(page, control)
        for sentence in sentences:
            if sentence not in described:
                yield f"« {sentence} » is not repeated by {opening(control)}"


def _posts(form: Tag) -> bool:
    methods = [form, *form.select("button[formmethod]")]
    return any(
        str(tag.get("method") or tag.get("formmethod") or "get").lower() == "post"
        for tag in methods
    )


def _described(page: Subject, control: Tag) -> str:
    targets = str(control.get("aria-describedby", "")).split()
    return " ".join(visible_text(tag) for tag in page.soup.find_all(id=targets))


CHECKS: tuple[Check, ...] = (
    labels_belong_to_a_field,
    fields_have_labels,
    fields_have_no_placeholder,
    passwords_are_never_sent_back,
    passwords_suit_password_managers,
    posting_forms_carry_a_token,
    errors_are_announced_everywhere,
)
