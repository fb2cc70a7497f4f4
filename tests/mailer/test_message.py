"""A mail goes to one person, from us, and nothing slips into its headers."""

from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import config
from app.mailer.failures import MailSettingsError, PermanentFailure
from app.mailer.message import Message, Sender, ascii_address, domain_of


def mail(**changes: Any) -> Message:
    """Write a mail."""
    given: dict[str, Any] = {
        "sender": Sender("Portail famille", "portail@commune.fr"),
        "recipient": "zest@exemple.fr",
        "subject": "Bonjour",
        "text": "Bonjour",
        "html": "<p>Bonjour",
        "domain": "commune.fr",
    }
    return Message(**(given | changes))


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("Portail famille <p@commune.fr>", "Portail famille", "p@commune.fr"),
        ("Mairie, service enfance <p@commune.fr>", "Mairie, service enfance", "p@commune.fr"),
        ('"Mairie, enfance" <p@commune.fr>', "Mairie, enfance", "p@commune.fr"),
        ("p@commune.fr", "", "p@commune.fr"),
        ("<p@commune.fr>", "", "p@commune.fr"),
        ("Mairie de L’Haÿ <p@commune.fr>", "Mairie de L’Haÿ", "p@commune.fr"),
    ],
)
def test_the_sender_is_read_whole(text: str, name: str, address: str) -> None:
    """The setting is read, and From says it again, commas and accents included."""
    sender = Sender.parse(text)
    assert sender == Sender(name, address)
    parsed = message_from_bytes(mail(sender=sender).as_bytes(), policy=policy.default)
    (written,) = parsed["From"].addresses
    assert (written.display_name, written.addr_spec) == (name, address)


@pytest.mark.parametrize(
    "text", ["", "Mairie", "Mairie <p>", "A\r\nBcc: z@evil.fr <p@commune.fr>", "a@x.fr, b@y.fr"]
)
def test_a_sender_that_is_none_is_refused_at_start(text: str) -> None:
    """The setting has a mistake: one sentence says what is expected."""
    with pytest.raises(MailSettingsError, match="PORTAIL_MAIL_SENDER"):
        Sender.parse(text)


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("a@mairie.info", "a@mairie.info"),
        ("a@ecole.bzh", "a@ecole.bzh"),
        ("A@X.fr", "A@X.fr"),
        ("jean-luc.o'neil+cantine@sous.domaine.exemple.fr", None),
        (" zest@exemple.fr ", "zest@exemple.fr"),
        ("a@école.fr", "a@xn--cole-9oa.fr"),
    ],
)
def test_the_addresses_of_real_towns_work(address: str, written: str | None) -> None:
    """Long endings, capitals, accents in the domain."""
    assert ascii_address(address) == (written or address)


@pytest.mark.parametrize(
    "address",
    [
        "", "x", "@x.fr", "a@", "a@x..fr", "a..b@x.fr", "é@x.fr", "a@x.fr\r\nBcc: z@evil.fr",
        "a@x.fr, b@y.fr", "a@x.fr;b@y.fr", "Zest <a@x.fr>", '"a b"@x.fr', "a@x.fr\x00",
        "a@[1.2.3.4]",
    ],
)  # fmt: skip
def test_what_is_not_one_plain_address_is_refused(address: str) -> None:
    """Nobody gets a copy, no header is added."""
    with pytest.raises(PermanentFailure):
        mail(recipient=address)


def test_a_subject_is_one_line() -> None:
    """A template lets a line break through: the mail is not written."""
    with pytest.raises(ValueError, match="one line"):
        mail(subject="Bonjour\r\nBcc: z@evil.fr")


@given(st.text(), st.text())
def test_any_text_comes_back_as_it_was_written(text: str, html: str) -> None:
    """Whatever is in the parts stays in the parts, and lines are those that servers take."""
    text, html = (part.encode("utf-8", "replace").decode() for part in (text, html))
    raw = mail(text=text, html=html).as_bytes()
    parsed = message_from_bytes(raw, policy=policy.default)
    assert sorted(parsed.keys()) == [
        "Auto-Submitted", "Content-Language", "Content-Type", "Date", "From", "MIME-Version",
        "Message-ID", "References", "Subject", "To", "X-Auto-Response-Suppress",
    ]  # fmt: skip
    for part, content in zip(parsed.iter_parts(), (text, html), strict=True):
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        assert payload.decode().splitlines() == content.splitlines()
    *lines, end = raw.split(b"\r\n")
    assert end == b""
    for line in lines:
        assert len(line) <= 78
        assert b"\r" not in line
        assert b"\n" not in line


def test_long_headers_are_folded() -> None:
    """A town of many words, a subject of two lines, a link: only the link is longer than a line."""
    sender = Sender("Communauté de communes de l’Exemple", "p@commune.fr")
    subject = "Votre mairie vous répond\u00a0: " + ", ".join(
        ["l’inscription à la cantine est acceptée"] * 3
    )
    link = f"https://portail.commune.fr/compte/courriels/arreter/{'x' * 90}"
    written = mail(sender=sender, subject=subject, unsubscribe_url=link)
    head, _, _ = written.as_bytes().partition(b"\r\n\r\n")
    assert [line for line in head.split(b"\r\n") if len(line) > 78] == [f" <{link}>".encode()]
    parsed = message_from_bytes(written.as_bytes(), policy=policy.default)
    assert parsed["Subject"] == subject
    assert parsed["From"].addresses[0].display_name == sender.name
    assert parsed["List-Unsubscribe"].strip() == f"<{link}>"


@pytest.mark.parametrize(
    ("public_url", "domain"),
    [
        ("https://portail.commune.fr", "portail.commune.fr"),
        ("http://127.0.0.1:5000", "mairie.fr"),
        ("http://localhost", "mairie.fr"),
    ],
)
def test_message_ids_are_of_our_domain(tmp_path: Path, public_url: str, domain: str) -> None:
    """The portal's own name, or the sender's domain on somebody's machine."""
    settings = config.Test(instance=tmp_path, public_url=public_url, mail_sender="p@mairie.fr")
    assert domain_of(settings) == domain
