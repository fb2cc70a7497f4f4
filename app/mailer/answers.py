"""What mail servers answer: whose trouble it is, and what to do about it, in French."""

import re
from enum import Enum, auto
from typing import NamedTuple

from app.mailer.failures import (
    DoubtfulFailure,
    MailError,
    PermanentFailure,
    TemporaryFailure,
    Unavailable,
    WrongSettings,
)

FIRST_PERMANENT_CODE = 500
GET_THE_RIGHT_ONE = "demandez la bonne adresse à la famille"
CHECK_SIGN_IN = "vérifiez PORTAIL_SMTP_USERNAME et PORTAIL_SMTP_PASSWORD"
MAKE_ROOM = "demandez à la famille d’y faire de la place"
NOTHING_TO_DO = "rien à faire, il part au prochain essai"

# What whoever looks after the server reads of it, by its name and its settings.
OURS = re.compile(r"Le serveur de courrier \S+:\d+ .*", re.DOTALL)
NO_ANSWER = "Notre serveur de courrier ne répond pas. Rien n’est perdu."
# What a server said, behind what it means; it may have been cut off.
SAID = re.compile(r" \([^()]* a répondu «.*", re.DOTALL)


class Remedy(Enum):
    """What the town hall does about a mail that its server did not take."""

    ADDRESS = auto()
    CALL = auto()
    NONE = auto()


def remedy(told: str) -> Remedy:
    """Find what to do in what was told of a failure."""
    if GET_THE_RIGHT_ONE in told:
        return Remedy.ADDRESS
    return Remedy.CALL if MAKE_ROOM in told else Remedy.NONE


def without_quote(told: str) -> str:
    """Keep what it means to the town hall, and not the words of a server, nor the name of ours."""
    return OURS.sub(NO_ANSWER, SAID.sub("", told))


class Answer(NamedTuple):
    """What a server said, and to which command (MAIL, RCPT, DATA, or none of them)."""

    code: int
    text: str
    command: str = ""

    def failure(self, server: str) -> MailError:
        """Say in French what it means; the class of the failure says what becomes of the mail."""
        meaning = self._meaning()
        kind = meaning.failure
        if self.code < FIRST_PERMANENT_CODE and not issubclass(kind, Unavailable):
            kind = TemporaryFailure
        said = f"{server} a répondu « {self.code} {self.text} »"
        return kind(f"{meaning.sentence}\u00a0: {meaning.remedy} ({said})")

    def _meaning(self) -> "Meaning":
        line = f"{self.command} {self.code} {self.text}"
        return next(each for each in MEANINGS if re.search(each.pattern, line, re.IGNORECASE))


class Meaning(NamedTuple):
    """What an answer means to whoever looks after the mails."""

    # Compiled by whoever meets an answer: the town hall's pages read of these, and meet none.
    pattern: str
    # What a refusal is; an answer that says « later » is a TemporaryFailure.
    failure: type[MailError]
    sentence: str
    remedy: str


# Looked up in « COMMAND CODE TEXT »; the first that fits is said. Postfix answers RCPT for what it
# thinks of MAIL, and few servers give a code of RFC 3463 for everything: words count too.
MEANINGS = (
    Meaning(
        r"^\w* 421",
        Unavailable,
        "Le serveur de courrier ferme la connexion",
        NOTHING_TO_DO,
    ),
    Meaning(
        r"^\w* (530|5\d\d 5\.7\.57)\b|authentication (is )?required",
        WrongSettings,
        "Le serveur de courrier veut savoir qui nous sommes",
        CHECK_SIGN_IN,
    ),
    Meaning(
        r"^\w* (534|535|538|5\d\d 5\.7\.[89])\b",
        WrongSettings,
        "Le serveur de courrier refuse notre identifiant ou notre mot de passe",
        CHECK_SIGN_IN,
    ),
    Meaning(
        r"\b5\.3\.4\b|^MAIL 552",
        PermanentFailure,
        "Ce courriel est trop gros pour ce serveur",
        "prévenez qui développe le portail",
    ),
    Meaning(
        r"^MAIL 5|^\w+ 5.*(\b5\.7\.60\b|\b5\.1\.[78]\b|send ?as"
        r"|sender\b.*(rejected|refused|denied|not (allowed|owned|authori[sz]ed)))",
        WrongSettings,
        "Le serveur de courrier refuse l’expéditeur",
        "vérifiez PORTAIL_MAIL_SENDER, son adresse doit être permise à PORTAIL_SMTP_USERNAME",
    ),
    Meaning(
        r"^\w+ 5.*(\b5\.7\.(54|64)\b|relay)",
        WrongSettings,
        "Le serveur de courrier ne transmet pas nos courriels",
        "vérifiez PORTAIL_SMTP_HOST, PORTAIL_SMTP_USERNAME et PORTAIL_SMTP_PASSWORD",
    ),
    Meaning(
        r"\b5\.1\.([16]|10)\b|no such user|user unknown|unknown user|does not exist",
        PermanentFailure,
        "Cette adresse n’existe pas",
        GET_THE_RIGHT_ONE,
    ),
    Meaning(
        r"\b5\.(1\.2|4\.4)\b",
        PermanentFailure,
        "Le domaine de cette adresse ne reçoit pas de courriel",
        GET_THE_RIGHT_ONE,
    ),
    Meaning(
        r"\b5\.1\.3\b",
        PermanentFailure,
        "Cette adresse est mal écrite",
        GET_THE_RIGHT_ONE,
    ),
    Meaning(
        r"\b5\.2\.1\b",
        PermanentFailure,
        "Cette boîte aux lettres est fermée",
        GET_THE_RIGHT_ONE,
    ),
    Meaning(
        r"\b[45]\.2\.2\b|^(RCPT|DATA) 552|(mailbox|quota).*(full|exceeded)",
        PermanentFailure,
        "Cette boîte aux lettres est pleine",
        MAKE_ROOM,
    ),
    Meaning(
        r"^\w* 4",
        TemporaryFailure,
        "Le serveur de courrier demande d’attendre",
        NOTHING_TO_DO,
    ),
    Meaning(
        r"^\w* 5\d\d 5\.7\.|spam|blacklist|blocklist|blocked|reputation",
        DoubtfulFailure,
        "Le serveur de courrier se méfie de nos courriels",
        "vérifiez SPF, DKIM et DMARC (docs/mail.md)",
    ),
    Meaning(
        "",
        DoubtfulFailure,
        "Le serveur de courrier refuse ce courriel",
        "vérifiez l’adresse de la famille",
    ),
)
