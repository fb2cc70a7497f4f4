"""Addresses: every link leads somewhere, and nothing is loaded from elsewhere."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from bs4 import Tag
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app.settings import EXTENSION
from tests.support.page_checks.subject import Check, Subject, opening

LOADED = {
    "img": ("src", "srcset"), "script": ("src",), "link": ("href",), "iframe": ("src",),
    "source": ("src", "srcset"), "video": ("src", "poster"), "audio": ("src",),
    "object": ("data",), "embed": ("src",), "use": ("href", "xlink:href"),
}  # fmt: skip
ELSEWHERE = ("https", "http", "mailto", "tel", "webcal")


def links_lead_somewhere(page: Subject) -> Iterator[str]:
    for link in page.all("a"):
        fault = _fault_of(page, str(link.get("href", "")))
        if fault:
            yield f"{opening(link)}: {fault}"


def forms_lead_somewhere(page: Subject) -> Iterator[str]:
    for tag in page.all("form, button[formaction], input[formaction]"):
        address = str(tag.get("formaction") or tag.get("action") or page.path)
        method = str(tag.get("formmethod") or tag.get("method") or _form_method(page, tag)).upper()
        if not _is_ours(page.app, address):
            yield f"{opening(tag)} sends what is typed elsewhere"
        elif not _endpoint(page.app, urljoin(page.path, address), method):
            yield f"{opening(tag)}: nothing answers {method} {address}"


def leads_to_the_code(page: Subject) -> Iterator[str]:
    # Whoever uses the portal over a network may have it (AGPL-3.0, section 13).
    addresses = [str(link.get("href", "")) for link in page.all("body > footer a")]
    if not any(_endpoint(page.app, each, "GET") == "site.source" for each in addresses):
        yield "no link of the footer leads to the code"


def loads_nothing_from_elsewhere(page: Subject) -> Iterator[str]:
    for name, attributes in LOADED.items():
        for tag in page.all(name):
            for attribute in attributes:
                fault = _fault_of_file(page, str(tag.get(attribute, "")))
                if fault:
                    yield f"{opening(tag)}: {fault}"


def _fault_of(page: Subject, href: str) -> str:
    if href.startswith("#"):
        return "" if href[1:] in page.ids else "no such id on the page"
    parts = urlsplit(href)
    if not _is_ours(page.app, href):
        return "" if parts.scheme in ELSEWHERE and (parts.netloc or parts.path) else "odd address"
    if not href:
        return "no address"
    if not _endpoint(page.app, urljoin(page.path, href), "GET"):
        return "no page has this address"
    return ""


def _fault_of_file(page: Subject, address: str) -> str:
    if not address or address.startswith("#"):
        return ""
    if not _is_ours(page.app, address):
        return "is loaded from elsewhere"
    path = urlsplit(urljoin(page.path, address)).path
    endpoint = _endpoint(page.app, path, "GET")
    if not endpoint:
        return "no page has this address"
    folder = page.app.static_folder
    assert folder is not None
    name = path.removeprefix(f"{page.app.static_url_path}/")
    if endpoint == "static" and not (Path(folder) / name).is_file():
        return "no such file"
    return ""


def _is_ours(app: Flask, address: str) -> bool:
    parts = urlsplit(address)
    if not parts.scheme and not parts.netloc:
        return True
    public_url: str = app.extensions[EXTENSION].public_url
    return parts[:2] == urlsplit(public_url)[:2]


def _endpoint(app: Flask, address: str, method: str) -> str:
    try:
        rule, _ = app.url_map.bind("localhost").match(
            urlsplit(address).path, method=method, return_rule=True
        )
    except RequestRedirect:
        # A link that needs a detour is a link to correct.
        return ""
    except HTTPException:
        return ""
    return str(rule.endpoint)


def _form_method(page: Subject, tag: Tag) -> str:
    owner = tag.get("form")
    [form] = page.all(f"form#{owner}") if owner else [tag.find_parent("form")]
    return str(form.get("method", "get")) if form else "get"


CHECKS: tuple[Check, ...] = (
    links_lead_somewhere,
    forms_lead_somewhere,
    leads_to_the_code,
    loads_nothing_from_elsewhere,
)
