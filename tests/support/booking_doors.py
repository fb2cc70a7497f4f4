"""What each door says of a day: pages that are read, forms that are sent, commands, calendars."""

import re
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from bs4 import BeautifulSoup, Tag
from flask import Flask

from app.services.actors import Command
from app.services.bookings import drawing
from app.services.bookings.catalogue import OfService
from app.services.bookings.feed import feeds
from app.services.bookings.judge.verdicts import Verdict
from app.services.importing import service_files
from app.services.importing.service_files import Done
from tests.services.requests.conftest import signed_in
from tests.support.browser import Browser
from tests.support.page_checks.subject import PARSER
from tests.support.page_checks.text import plain, visible_text
from tests.support.people import Person

HEADER = "enfant_id;service_id;date;etat;famille_id"
WEEK, ABSENCE = "/reservations/semaine/2026-W49", "/reservations/absence"
# Child, day, service; the names that pages give them.
Where = tuple[str, str, str]


class Line(NamedTuple):
    """What a page says of a day: whether it has a box, with its version, ticked or not; words."""

    box: str
    ticked: bool
    words: str
    # Where it leads to ask the town hall for the day.
    asks_at: str = ""


class Summary(NamedTuple):
    """The page that is read before saving: its lists by their titles, and what it sends."""

    lists: dict[str, str]
    errors: str
    kept: list[tuple[str, str]]
    # What stands beside the lists.
    notices: list[str]


@dataclass
class Visitor:
    """Somebody signed in, who opens pages and sends whatever forms."""

    app: Flask

    def __post_init__(self) -> None:
        """Sign in."""
        self.browser = Browser(self.app)
        self._token = self.sign_in()

    def sign_in(self) -> str:
        """Come in, and return what forms send of it."""
        raise NotImplementedError

    def check(self, path: str, box: str, *, ticked: bool) -> Summary:
        """Send one box, as no page may have it, and read what becomes of it."""
        name = box.rpartition(":")[0]
        sent = [("vu", box), *([("case", name)] if ticked else [])]
        soup = self.send(path, [*sent, ("sending_key", secrets.token_hex(16))])
        titles = ((each.h2, each) for each in soup.select("section.card"))
        fields = soup.select("form input[type=hidden]:not([name=csrf_token])")
        return Summary(
            {visible_text(title): visible_text(each) for title, each in titles if title},
            " ".join(visible_text(each) for each in soup.select(".error-summary li, .errors li")),
            [(str(each["name"]), str(each["value"])) for each in fields],
            [visible_text(each) for each in soup.select("p.notice")],
        )

    def save(self, path: str, kept: Iterable[tuple[str, str]]) -> None:
        """Press « Enregistrer » of the page that was read."""
        self.send(path, [*kept, ("step", "send")])

    def open(self, path: str) -> BeautifulSoup:
        """Type an address."""
        answer = self.browser.client.get(path, base_url=self.browser.base_url)
        assert answer.status_code == 200
        return BeautifulSoup(answer.text, PARSER)

    def send(self, path: str, sent: Iterable[tuple[str, str]]) -> BeautifulSoup:
        """Send what no form of ours need have had, and read where it leads."""
        data: dict[str, list[str]] = {"csrf_token": [self._token], "reason": ["sick"]}
        for name, value in sent:
            if name != "reason":
                data.setdefault(name, []).append(value)
        answer = self.browser.client.post(
            path, data=data, base_url=self.browser.base_url, follow_redirects=True
        )
        assert answer.status_code == 200, answer.text
        return BeautifulSoup(answer.text, PARSER)


@dataclass
class Parent(Visitor):
    """A guardian of a family."""

    person: Person

    def sign_in(self) -> str:
        """Sign in as parents do."""
        return self.browser.sign_in(self.person).csrf_token

    @cached_property
    def week(self) -> dict[Where, Line]:
        """Read the page of the week."""
        return lines(self._week)

    def is_told(self, line: Line, verdict: Verdict, service: OfService) -> bool:
        """Tell whether a line says why; what the whole week says it says in short."""
        sentence = plain(verdict.sentence)
        if line.words.endswith(drawing.NOT_YET):
            opens = sentence.partition(" ouvrent ")[2]
            told = f"{service.name} : les réservations ouvrent {opens}"
            return bool(opens) and told in visible_text(self._week)
        return sentence in line.words or "Trop tard" in line.words

    @cached_property
    def _week(self) -> BeautifulSoup:
        return self.open(WEEK)

    @cached_property
    def absences(self) -> dict[Where, Line]:
        """Read the page of absences."""
        return {
            (child, day, service.partition(", avec ")[0]): line
            for (child, day, service), line in lines(self.open(ABSENCE)).items()
        }

    def calendar(self) -> list[dict[str, str]]:
        """Read the calendar of a telephone, event by event."""
        with self.app.app_context():
            account = signed_in(self.person)
            feeds.make(account, first_names=True)
            address = feeds.of_account(account.account_id)
        assert address is not None
        answer = Browser(self.app).client.get(f"/agenda/{address.token}.ics")
        assert answer.status_code == 200
        return list(_events(answer.text.replace("\r\n ", "")))


def limits_told(events: Iterable[dict[str, str]], week: str, service: str) -> list[str]:
    """Read the last minutes that a calendar tells of a service in a week."""
    return [
        each["DTSTART"]
        for each in events
        if each["SUMMARY"].endswith(f", {week}")
        and service in each["SUMMARY"].partition(" : ")[2].removesuffix(f", {week}").split(", ")
    ]


def tried(app: Flask, slug: str, day: date) -> str:
    """Ask `flask services essayer` of a day."""
    said = app.test_cli_runner().invoke(args=["services", "essayer", slug, f"{day:%d/%m/%Y}"])
    assert said.exception is None or isinstance(said.exception, SystemExit)
    assert bool(said.exit_code) is (": ouvert." not in plain(said.output))
    return plain(said.output)


def rehearsed(folder: Path, family: str, child: str, service: str, day: date) -> Done:
    """Have `reservation.csv` say that a child comes, and write nothing."""
    row = f"{child};{service};{day:%d/%m/%Y};RESERVE;{family}"
    (folder / "reservation.csv").write_text(f"{HEADER}\n{row}", "utf-8")
    return service_files.run(folder, Command("logiciel"), rehearses=True)


def lines(soup: BeautifulSoup) -> dict[Where, Line]:
    """Read the lines of a page, by child, day and service."""
    found = {}
    for section in soup.select("section.day"):
        day = str(section["aria-labelledby"]).removeprefix("jour-")
        for fieldset in section.select("fieldset"):
            assert fieldset.legend is not None
            child = fieldset.legend.get_text()
            for each in fieldset.select("div.choice, p.told"):
                service, line = _line(each)
                found[child, day, service] = line
    return found


def _line(each: Tag) -> tuple[str, Line]:
    hint = each.select_one(".hint")
    words = visible_text(hint) if hint else ""
    box, seen = each.select_one("input[name=case]"), each.select_one("input[name=vu]")
    label = each.select_one("label") or each
    name = str(label.find(string=True, recursive=False)).strip()
    if box is None or seen is None:
        link = each.select_one("a[href*='place=']")
        return name, Line("", ticked=False, words=words, asks_at=str(link["href"]) if link else "")
    assert str(seen["value"]).startswith(f"{box['value']}:")
    return name, Line(str(seen["value"]), box.has_attr("checked"), words)


def _events(text: str) -> Iterator[dict[str, str]]:
    for event in re.findall(r"BEGIN:VEVENT\r\n(.*?)END:VEVENT", text, re.DOTALL):
        lines = [each.partition(":") for each in event.split("\r\n")]
        # What an alarm says comes later.
        yield {
            name.partition(";")[0]: plain(value).replace("\\,", ",")
            for name, _, value in reversed(lines)
        }
