"""What a mail server says becomes a sentence: whose trouble it is, and what to do."""

import pytest

from app.mailer.answers import Answer, Remedy, remedy, without_quote
from app.mailer.failures import (
    DoubtfulFailure,
    MailError,
    PermanentFailure,
    TemporaryFailure,
    Unavailable,
    WrongSettings,
)

SERVER = "smtp.commune.fr:587"


@pytest.mark.parametrize(
    ("answer", "failure", "words"),
    [
        # Our settings: no mail is refused for them.
        ("MAIL 553 5.7.1 Sender address rejected: not owned", WrongSettings, "MAIL_SENDER"),
        ("MAIL 550 No", WrongSettings, "MAIL_SENDER"),
        ("RCPT 553 5.7.1 <p@x.fr>: Sender address rejected", WrongSettings, "MAIL_SENDER"),
        ("DATA 550 5.7.60 SMTP; no permissions to send as", WrongSettings, "MAIL_SENDER"),
        ("DATA 554 5.2.252 SendAsDenied; p@x.fr not allowed", WrongSettings, "MAIL_SENDER"),
        ("RCPT 550 5.1.8 Bad sender's system address", WrongSettings, "MAIL_SENDER"),
        ("RCPT 554 5.7.1 <z@x.fr>: Relay access denied", WrongSettings, "SMTP_HOST"),
        ("RCPT 550 5.7.54 SMTP; Unable to relay recipient", WrongSettings, "SMTP_HOST"),
        ("RCPT 550 relay not permitted", WrongSettings, "SMTP_HOST"),
        ("MAIL 530 5.7.57 Client not authenticated", WrongSettings, "SMTP_USERNAME"),
        ("RCPT 550 5.7.1 Authentication required", WrongSettings, "SMTP_USERNAME"),
        ("MAIL 535 5.7.8 Bad credentials", WrongSettings, "SMTP_PASSWORD"),
        # The address: what the family has to give.
        ("RCPT 550 5.1.1 The email account does not exist", PermanentFailure, "n’existe pas"),
        ("RCPT 550 5.1.6 Moved", PermanentFailure, "n’existe pas"),
        ("RCPT 550 User unknown", PermanentFailure, "n’existe pas"),
        ("RCPT 556 5.1.10 Null MX", PermanentFailure, "n’existe pas"),
        ("RCPT 550 5.1.2 Host unknown", PermanentFailure, "domaine de cette adresse"),
        ("RCPT 501 5.1.3 Bad syntax", PermanentFailure, "mal écrite"),
        ("RCPT 550 5.2.1 Disabled", PermanentFailure, "est fermée"),
        ("RCPT 552 5.2.2 Over quota", PermanentFailure, "est pleine"),
        ("RCPT 452 4.2.2 Over quota", TemporaryFailure, "est pleine"),
        # This mail.
        ("MAIL 552 5.3.4 Too big", PermanentFailure, "trop gros"),
        # Later.
        ("RCPT 451 4.7.1 Greylisted", TemporaryFailure, "demande d’attendre"),
        ("MAIL 451 4.7.1 Sender address rejected", TemporaryFailure, "demande d’attendre"),
        ("MAIL 421 4.7.0 Too many messages in this session", Unavailable, "ferme la connexion"),
        # Nobody knows yet.
        ("RCPT 550 5.7.1 Service refused", DoubtfulFailure, "SPF, DKIM et DMARC"),
        ("DATA 554 Looks like spam", DoubtfulFailure, "se méfie"),
        ("RCPT 550 No", DoubtfulFailure, "refuse ce courriel"),
    ],
)
def test_each_answer_is_said_in_french(answer: str, failure: type[MailError], words: str) -> None:
    """What it means, what to do, then the server's own words."""
    command, code, text = answer.split(" ", 2)
    told = Answer(int(code), text, command).failure(SERVER)
    assert type(told) is failure
    assert words in str(told)
    assert str(told).endswith(f"({SERVER} a répondu « {code} {text} »)")


def test_the_town_hall_reads_what_to_do_and_no_server() -> None:
    """Also once the words of the server were cut off."""
    for code, text, meant, what in (
        (550, "5.1.1 no such user", "Cette adresse n’existe pas", Remedy.ADDRESS),
        (552, "5.2.2 over (a lot) quota", "Cette boîte aux lettres est pleine", Remedy.CALL),
        (451, "4.7.1 wait", "Le serveur de courrier demande d’attendre", Remedy.NONE),
    ):
        told = str(Answer(code, text, "RCPT").failure(SERVER))
        assert remedy(told) is what
        for kept in (told, told[:-4]):
            words = without_quote(kept)
            assert words.startswith(meant)
            assert str(code) not in words
            assert SERVER not in words


@pytest.mark.parametrize(
    "words", ["refuse la connexion", "est introuvable : vérifiez PORTAIL_SMTP_HOST"]
)
def test_the_town_hall_reads_nothing_of_our_own_server(words: str) -> None:
    """Its name and its settings are for whoever looks after it; a mail only waits."""
    told = without_quote(f"Le serveur de courrier mail.commune.fr:587 {words}")
    assert told == "Notre serveur de courrier ne répond pas. Rien n’est perdu."
    assert remedy(told) is Remedy.NONE
