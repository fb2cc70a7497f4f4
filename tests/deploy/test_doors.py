"""The doors that nginx counts visits of: wherever a stranger may try, or ask for, a password."""

import re

from flask import Flask

from tests.deploy.page import ROOT
from tests.test_architecture import PUBLIC_ENDPOINTS, rules, sample_path

# Nothing is guessed there: a link of a mail, or of a day, has 128 bits.
BY_LINKS = {
    "family.confirm_email",
    "family.quiet_week",
    "family.stop_mails",
    "site.check_in",
    "town_hall.invitation",
    "town_hall.stop_own_mails",
}


def guarded() -> re.Pattern[str]:
    """Read the map of portail.conf."""
    text = (ROOT / "deploy" / "nginx" / "portail.conf").read_text("utf-8")
    [pattern] = re.findall(r'^    "~(\^POST .+)" \$portail_network;$', text, re.MULTILINE)
    return re.compile(pattern)


def test_every_door_of_strangers_is_counted(app_without_database: Flask) -> None:
    """One that is added is counted, or is named above with its reason."""
    app, counts = app_without_database, guarded()
    posted = [
        rule
        for rule in rules(app)
        if rule.endpoint in PUBLIC_ENDPOINTS and "POST" in (rule.methods or ())
    ]
    free = {each.endpoint for each in posted if not counts.match(f"POST {sample_path(app, each)}")}
    assert free == BY_LINKS


def test_what_is_counted_exists(app_without_database: Flask) -> None:
    """No word of the map is of a page that has another address by now."""
    app, counts = app_without_database, guarded()
    paths = [sample_path(app, each) for each in rules(app) if "POST" in (each.methods or ())]
    found = {counts.match(f"POST {path}") for path in paths} - {None}
    words = set(re.findall(r"[a-z]+(?:-[a-z]+)*", counts.pattern.removeprefix("^POST ")))
    assert {word for each in found if each for word in re.split("/", each[0][6:])} == words
