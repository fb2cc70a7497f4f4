"""What may be read in a log of an address: the files for nginx and for gunicorn agree."""

import re
import runpy

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from tests.deploy.page import ROOT

NGINX = ROOT / "deploy" / "nginx"
RULE = re.compile(r'^    "(~\^.*)" (?:"(.*)"|(\$\w+));$', re.MULTILINE)
shown_by_gunicorn = runpy.run_path(str(ROOT / "deploy" / "gunicorn.conf.py"))["shown"]
PART = st.text("abcXYZ019._-%~é", max_size=30)


def shown_by_nginx(address: str) -> str:
    """Apply the map of portail.conf, in its order; Python writes its named groups otherwise."""
    text = (NGINX / "portail.conf").read_text("utf-8")
    rules = RULE.findall(
        text.partition("map $request_uri $portail_address {")[2].partition("\n}")[0]
    )
    assert len(rules) == 2
    for pattern, quoted, bare in rules:
        found = re.match(pattern[1:].replace("(?<portail", "(?P<portail"), address, re.ASCII)
        if found:
            (said,) = [name for name in found.groupdict() if f"${name}" in (quoted or bare)]
            return str(quoted or bare).replace(f"${said}", found[said])
    return ""


@given(st.lists(PART, min_size=1, max_size=4), st.sampled_from(["", "?x=1", "?"]))
def test_both_cut_alike(parts: list[str], query: str) -> None:
    address = "/" + "/".join(parts) + query
    shown = shown_by_gunicorn(address)
    assert shown == shown_by_nginx(address)
    assert all(len(part) <= 24 for part in shown.split("/"))


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("/", "/"),
        ("/factures/0123456789abcdef", "/factures/0123456789abcdef"),
        ("/connexion?next=/releve", "/connexion"),
        ("/mot-de-passe/lien/MQ.dGhlLXNpZ25hdHVyZQ-0123", "/mot-de-passe/lien/…"),
        ("/mot-de-passe/%6Cien/MQ.dGhlLXNpZ25hdHVyZQ-0123", "/mot-de-passe/…"),
    ],
)
def test_pages_are_recognised_and_secrets_are_not(address: str, shown: str) -> None:
    assert shown_by_gunicorn(address) == shown_by_nginx(address) == shown


def test_errors_are_not_logged_where_links_lead(app_without_database: Flask) -> None:
    """nginx quotes whole addresses there: each page that takes a token is one without."""
    text = (NGINX / "town.conf").read_text("utf-8")
    [pattern] = re.findall(r"location ~ (\^\S+) \{\n    error_log /dev/null emerg;", text)
    taking = [
        rule.rule for rule in app_without_database.url_map.iter_rules() if "token" in rule.arguments
    ]
    assert taking
    assert [rule for rule in taking if not re.match(pattern, rule)] == []
