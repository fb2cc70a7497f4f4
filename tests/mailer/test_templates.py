"""What parents read in each mail, to the letter.

After a change on purpose, `UPDATE_SNAPSHOTS=1 .venv/bin/pytest tests/mailer/test_templates.py`
writes the snapshots anew: read them before you commit them.
"""

import os
import re
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlsplit

import html5lib
import pytest
from bs4 import BeautifulSoup
from flask import Flask

import config
from app import create_app
from app.mailer.message import Message
from app.services.mail import letters
from app.services.mail.kinds import IN_FRENCH, WITH_SECRET, MailKind
from app.services.tokens.temporary_passwords import IssuedPassword

SNAPSHOTS = Path(__file__).parent / "snapshots"
KINDS = sorted(MailKind)
MAIL = re.compile("mail/.+/")
ADDRESS = re.compile(r"https?://\S+")
SECRET = "2dd150fa6be4410f966601e379bf8d79"
ASKED_AT = datetime(2018, 7, 12, 13, 5, tzinfo=UTC)
EXPIRES_AT = datetime(2018, 7, 13, 13, 5, tzinfo=UTC)
BATCH = "0123456789abcdef"
A_SAVING = {"batch": BATCH, "added": "8", "removed": "1", "absent": "3", "waiting": "2"}
A_WEEK = {"week": "2018-W29", "monday": "16\u00a0juillet", "missing": "8", "short": "jeudi minuit"}
A_CHANGE = {"change": "1", "mark": "0a1b2c3d", "expires_at": EXPIRES_AT.isoformat()}
AN_ORDER = {"service": "Cantine", "total": "84 repas", "figures": "Bourg\u00a0: 84", "by": "Aline"}
A_REQUEST = {"number": "12", "request": "0123456789abcdef", "expected_on": "2018-07-17"}
# What a parent's own mailbox may know, and another may not.
NOT_THEIR_OWN = {MailKind.EMAIL_CONFIRMATION, MailKind.EMAIL_CHANGED}
CONTEXTS = {
    MailKind.EMAIL_CONFIRMATION: A_CHANGE,
    MailKind.REQUEST_RECEIVED: A_REQUEST,
    MailKind.REQUEST_ANSWERED: A_REQUEST,
    MailKind.BOOKINGS_SAVED: A_SAVING | {"late": "1"},
    MailKind.MEAL_ORDER: AN_ORDER | {"day": "jeudi 12\u00a0juillet 2018"},
    MailKind.BOOKING_OPENS: {"service": "Accueil de loisirs"},
    MailKind.UNBOOKED_PRESENCE: {"day": "jeudi 12\u00a0juillet"},
    MailKind.BOOKING_REMINDER: A_WEEK | {"until": "jeudi 12\u00a0juillet à minuit"},
    MailKind.CLERK_INVITATION: {"token": "MQ.dGhlLXNpZ25hdHVyZQ"},
    MailKind.CLERK_PASSWORD: {"token": "MQ.dGhlLXNpZ25hdHVyZQ"},
    MailKind.CLERK_CODE: {"code": "012345"},
    MailKind.CLERK_NEWS: {
        "told": "morning",
        "new_request": "3",
        "late_request": "1",
        "failed_mail": "2",
        "stop": "WyIwIiwibW9ybmluZyJd.c2lnbmF0dXJl",
    },
}
LINKS = (
    "https://portail.commune.fr/connexion",
    "https://portail.commune.fr/mot-de-passe",
    "https://portail.commune.fr/compte/courriel/confirmer/",
    "https://portail.commune.fr/demandes/",
    "https://portail.commune.fr/compte",
    "https://portail.commune.fr/reservations",
    "https://portail.commune.fr/enfants",
    "https://portail.commune.fr/messages",
    "https://portail.commune.fr/releve",
    "https://portail.commune.fr/mairie/",
)
TWENTY_KB = 20_000


@pytest.fixture
def town(tmp_path: Path) -> Flask:
    """A town that has said everything about itself."""
    return create_app(
        config.Test(
            instance=tmp_path,
            public_url="https://portail.commune.fr",
            mail_sender="Mairie de Saint-Exemple, service enfance <portail@commune.fr>",
            town_name="Saint-Exemple",
            town_phone="04 76 00 00 00",
            town_address="1 place de la Mairie, 38160 Saint-Exemple",
            town_hours="du lundi au vendredi, de 9 h à 12 h",
        )
    )


def write(app: Flask, kind: MailKind) -> Message:
    """Write a mail of this kind to the family of the guides."""
    issued = IssuedPassword(SECRET, "MQ.dGhlLXNpZ25hdHVyZQ", EXPIRES_AT)
    with app.app_context():
        name = "" if kind in NOT_THEIR_OWN else "Madame PAYS ZEST"
        recipient = letters.Recipient(1, "38162386", "zest@exemple.fr", name)
        secret = issued if kind in WITH_SECRET else None
        return letters.write(kind, recipient, secret, ASKED_AT, CONTEXTS.get(kind, {}))


def plain(text: str) -> str:
    """Take no-break spaces for spaces."""
    return re.sub(r"[\u00a0\u202f]", " ", text)


def test_each_mail_has_its_snapshots() -> None:
    """A snapshot of none is a mistake."""
    kept = {path.name for path in SNAPSHOTS.iterdir()}
    assert kept == {f"{kind}.{suffix}" for kind in KINDS for suffix in ("txt", "html")}


def test_each_kind_has_its_templates_and_its_name(town: Flask) -> None:
    """Three files each, in a folder called as it is; a folder that no kind names is a mistake."""
    found = {name for name in town.jinja_env.list_templates() if MAIL.match(name)}
    files = ("subject.txt", "body.txt", "body.html")
    assert found == {f"mail/{kind}/{file}" for kind in KINDS for file in files}
    assert set(IN_FRENCH) == set(KINDS)
    assert len(set(IN_FRENCH.values())) == len(KINDS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", ["text", "html"])
def test_each_mail_reads_as_agreed(town: Flask, kind: MailKind, form: str) -> None:
    """A mail changes: somebody meant it."""
    message = write(town, kind)
    written = f"{message.subject}\n\n{message.text}" if form == "text" else message.html
    snapshot = SNAPSHOTS / f"{kind}.{'txt' if form == 'text' else 'html'}"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        snapshot.write_text(written, "utf-8")
    assert written == snapshot.read_text("utf-8")


@pytest.mark.parametrize("kind", sorted(WITH_SECRET))
def test_the_words_of_the_printed_guides_are_there(town: Flask, kind: MailKind) -> None:
    """A parent follows the guide: the mail says what the guide shows."""
    message = write(town, kind)
    text = plain(message.text)
    assert message.subject == "Envoi de vos identifiants de connexion"
    assert re.search(r"^- Login : 38162386\b", text, re.MULTILINE)
    assert f"- Mot de passe :\n{SECRET}\n" in text
    assert "Ce mot de passe est à modifier lors de votre première connexion." in text
    assert "Choisir mon mot de passe :\nhttps://portail.commune.fr/mot-de-passe/lien/" in text
    assert "Il est valable jusqu’au vendredi 13 juillet 2018 à 15 h 05." in text
    assert "Vous n’avez rien demandé ?" in text
    assert "Portail famille – Saint-Exemple\n" in text


def test_a_lost_password_has_its_opening(town: Flask) -> None:
    """The parent lost it: the guide's two sentences, one after the other."""
    opening = (
        "Vous avez perdu vos identifiants de connexion. "
        "Nous vous envoyons un nouveau mot de passe temporaire."
    )
    message = write(town, MailKind.CREDENTIALS)
    assert opening in message.text
    assert opening in " ".join(BeautifulSoup(message.html, "html.parser").get_text().split())
    assert opening not in write(town, MailKind.ACTIVATION).text


@pytest.mark.parametrize("kind", KINDS)
def test_the_html_part_stands_alone(town: Flask, kind: MailKind) -> None:
    """It is valid, asks nothing of any server, and its secret is copied whole by one touch."""
    message = write(town, kind)
    page = BeautifulSoup(message.html, "html.parser")
    html5lib.HTMLParser(strict=True).parse(message.html)
    assert page.html is not None
    assert page.html["lang"] == "fr"
    assert page.select("img, link, script, iframe, table") == []
    assert "url(" not in message.html
    links = {link["href"] for link in page.select("a")}
    assert all(str(link).startswith(LINKS) for link in links)
    if kind in WITH_SECRET:
        button, bare = page.select("a[href*='/mot-de-passe/lien/']")
        assert button.get_text() == "Choisir mon mot de passe"
        assert bare.get_text() == bare["href"]
        assert [line.strip() for line in message.html.splitlines()].count(SECRET) == 1


def test_each_link_opens_a_page(town: Flask) -> None:
    """As it is written, without a detour; in both parts the same ones."""
    opened = set()
    for kind in KINDS:
        message = write(town, kind)
        hrefs = BeautifulSoup(message.html, "html.parser").select("[href]")
        pages = {page_of(town, str(tag["href"])) for tag in hrefs}
        assert pages == {page_of(town, address) for address in ADDRESS.findall(message.text)}, kind
        opened |= pages
    assert opened == {
        "auth.forgotten_password", "auth.password_link", "auth.sign_in", "family.account",
        "family.bookings", "family.bookings_saved", "family.bookings_week", "family.children",
        "family.confirm_email", "family.messages", "family.offered_places", "family.quiet_week",
        "family.request", "family.statement", "town_hall.choose_own_mails",
        "town_hall.forgotten_password", "town_hall.invitation", "town_hall.mails",
        "town_hall.new_password", "town_hall.requests",
    }  # fmt: skip


def page_of(app: Flask, address: str) -> str:
    """Find the page that a click asks for; NotFound or RequestRedirect when there is none."""
    parts = urlsplit(address)
    assert (parts.scheme, parts.netloc) == ("https", "portail.commune.fr"), address
    router = app.url_map.bind(parts.netloc, url_scheme=parts.scheme)
    endpoint, _ = router.match(parts.path, method="GET", query_args=parts.query)
    return str(endpoint)


@pytest.mark.parametrize("kind", KINDS)
def test_the_bytes_are_those_of_a_good_mail(town: Flask, kind: MailKind) -> None:
    """Text first, quoted-printable, small, short lines, ASCII, marked as automatic, unique."""
    message = write(town, kind)
    raw = message.as_bytes()
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail.get_content_type() == "multipart/alternative"
    parts = list(mail.iter_parts())
    assert [part.get_content_type() for part in parts] == ["text/plain", "text/html"]
    assert {part["Content-Transfer-Encoding"] for part in parts} == {"quoted-printable"}
    assert parts[0].get_content().replace("\r\n", "\n").rstrip() == message.text.rstrip()
    assert parts[1].get_content().replace("\r\n", "\n").rstrip() == message.html.rstrip()
    assert len(raw) < TWENTY_KB
    assert raw.isascii()
    # A signed link cannot be folded.
    lines = [line for line in raw.split(b"\r\n") if not line.startswith(b" <https://")]
    assert all(len(line) <= 78 for line in lines)
    assert len(lines) >= raw.count(b"\r\n")
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert mail["Auto-Submitted"] == "auto-generated"
    if kind in WITH_SECRET:
        assert raw.split(b"\r\n").count(SECRET.encode()) == 1


def test_each_mail_is_a_conversation_of_its_own(town: Flask) -> None:
    """Three mails with one subject: mail programs must not fold them into one."""
    written = [write(town, MailKind.CREDENTIALS) for _ in range(3)]
    names = [name for mail in written for name in (mail.message_id, mail.references)]
    assert len(set(names)) == 6
    assert all(re.fullmatch(r"<[0-9a-f-]{36}@portail\.commune\.fr>", name) for name in names)


def test_a_notice_carries_no_secret(town: Flask) -> None:
    """The password was changed: the mail says when and what to do, and holds no link to use."""
    message = write(town, MailKind.PASSWORD_CHANGED)
    assert "le jeudi 12 juillet 2018 à 15 h 05." in plain(message.text)
    assert "/mot-de-passe/lien/" not in message.text + message.html
    assert "https://portail.commune.fr/mot-de-passe-oublie" in message.text


@pytest.mark.parametrize("kind", [MailKind.REQUEST_RECEIVED, MailKind.REQUEST_ANSWERED])
def test_a_request_s_mail_says_which_and_by_when(town: Flask, kind: MailKind) -> None:
    """Number and promised day; nothing of what was asked, nor of whom it is about."""
    text = plain(write(town, kind).text)
    assert "votre demande n° 12." in text
    assert "La mairie vous répondra au plus tard le mardi 17 juillet 2018." in text


@pytest.mark.parametrize("kind", sorted(set(KINDS) - NOT_THEIR_OWN))
def test_a_mail_says_whose_it_is(town: Flask, kind: MailKind) -> None:
    """A couple shares a mailbox: each takes their own, and sees the town's name above."""
    message = write(town, kind)
    assert message.text.startswith("Bonjour Madame PAYS ZEST,\n")
    page = BeautifulSoup(message.html, "html.parser")
    assert "Bonjour Madame PAYS ZEST," in page.get_text()
    assert page.select_one("body > div strong").get_text() == "Saint-Exemple"  # type: ignore[union-attr]


@pytest.mark.parametrize("kind", sorted(WITH_SECRET))
def test_a_secret_is_read_without_glasses(town: Flask, kind: MailKind) -> None:
    """Thirty-two signs, 16 px at least."""
    page = BeautifulSoup(write(town, kind).html, "html.parser")
    (secret,) = [tag for tag in page.select("p") if tag.get_text(strip=True) == SECRET]
    size = re.search(r"font-size:(\d+)px", str(secret["style"]))
    assert size is not None
    assert int(size[1]) >= 16


def test_an_unproven_address_learns_nothing(town: Flask) -> None:
    """A slip sends the link to a stranger: neither who, nor which identifiant."""
    message = write(town, MailKind.EMAIL_CONFIRMATION)
    for words in ("38162386", "ZEST", "zest"):
        assert words not in message.text + message.html
    assert "https://portail.commune.fr/compte/courriel/confirmer/Wz" in message.text
    assert "vendredi 13 juillet 2018 à 15 h 05" in plain(message.text)


def test_an_old_address_hears_no_new_one(town: Flask) -> None:
    """What to do if it was somebody else, no link that confirms, no address."""
    for kind in (MailKind.EMAIL_CHANGING, MailKind.EMAIL_CHANGED):
        message = write(town, kind)
        assert "/confirmer/" not in message.text + message.html
        assert "@" not in message.text
        assert "Ce n’est pas vous ?" in plain(message.text)


def test_a_town_that_says_little_still_signs(tmp_path: Path) -> None:
    """No phone, no address, no hours: no empty line for them."""
    message = write(create_app(config.Test(instance=tmp_path)), MailKind.PASSWORD_CHANGED)
    assert plain(message.text).endswith(
        "Puis prévenez la mairie.\n\nPortail famille – Votre commune\n"
        "Ce courriel part automatiquement : personne ne lit les réponses."
    )
