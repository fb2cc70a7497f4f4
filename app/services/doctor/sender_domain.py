"""The sender's domain: what receivers look up before they believe that a mail is from there."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from app.mailer.courier import courier
from app.mailer.message import Sender
from app.services.doctor.findings import Finding, broken, fine, look
from app.services.doctor.mail_server import NO_SERVER
from app.settings import settings

if TYPE_CHECKING:
    from dns.resolver import Resolver

PATIENCE_SECONDS = 3
# Those of the documents; a town that sends as one of them has not set its own.
EXAMPLES = frozenset({"commune.fr", "exemple.fr"})
PUBLISH = "publiez-y la clé publique de PORTAIL_DKIM_KEY (docs/mail.md)"
ASK_DNS = "demandez-le à qui gère le DNS de {} (docs/mail.md)"


class Silent(Exception):  # noqa: N818 (no bug: the network is closed)
    """No name server answers: nothing can be said."""


def check() -> Iterator[Finding]:
    """Ask the DNS for SPF and DMARC, and whether there is any key of DKIM."""
    domain = Sender.parse(settings.mail_sender).address.rpartition("@")[2].lower()
    if settings.mail_backend in NO_SERVER:
        yield fine("aucun courriel ne part d’ici")
        return
    if domain in EXAMPLES:
        yield look(
            f"PORTAIL_MAIL_SENDER est encore celui d’un exemple ({domain})",
            "mettez l’adresse d’où la mairie écrit",
        )
        return
    try:
        found = [*_spf(domain), *_dkim(domain), *_dmarc(domain)]
    except Silent:
        yield look(
            "le DNS ne répond pas d’ici\u00a0: SPF, DKIM et DMARC n’ont pas pu être lus",
            "vérifiez /etc/resolv.conf, ou relancez flask doctor quand la machine a accès au DNS",
        )
        return
    yield from found or [fine(f"{domain} a SPF, DKIM et DMARC")]


def _spf(domain: str) -> Iterator[Finding]:
    records = [text for text in texts(domain) if text.lower().split()[:1] == ["v=spf1"]]
    if len(records) > 1:
        yield broken(
            f"{domain} a {len(records)} enregistrements SPF\u00a0: aucun ne compte",
            "réunissez-les en un seul",
        )
    elif not records:
        yield look(
            f"{domain} n’a pas de SPF\u00a0: nos courriels passent pour des faux", _ask(domain)
        )
    elif records[0].lower().split()[-1] in {"all", "+all"}:
        yield look(
            f"le SPF de {domain} permet à toute machine d’écrire en son nom",
            "finissez-le par -all ou ~all",
        )


def _dkim(domain: str) -> Iterator[Finding]:
    if settings.dkim_selector:
        yield from _own_key(f"{settings.dkim_selector}._domainkey.{domain}")
        return
    # A key has a name of its own below this one, which is not known here; where there is none at
    # all, this one does not exist either (RFC 8020).
    if not any(exists(f"_domainkey.{name}") for name in _and_above(domain)):
        yield look(
            f"{domain} n’a aucune clé DKIM\u00a0: nos courriels ne sont pas signés, ou en vain",
            _ask(domain),
        )


def _own_key(name: str) -> Iterator[Finding]:
    """Verify a signature of ours, as a receiver would."""
    published = texts(name)
    if not published:
        yield broken(f"{name} n’est pas dans le DNS\u00a0: nos signatures ne valent rien", PUBLISH)
    elif not courier().is_verified_by(published[0]):
        yield broken(f"{name} n’est pas la clé publique de PORTAIL_DKIM_KEY", PUBLISH)


def _dmarc(domain: str) -> Iterator[Finding]:
    # The record of the organisation holds for the names below it.
    for name in _and_above(domain):
        if any(text.lower().startswith("v=dmarc1") for text in texts(f"_dmarc.{name}")):
            return
    yield look(
        f"{domain} n’a pas de DMARC\u00a0: n’importe qui peut écrire en son nom", _ask(domain)
    )


def _ask(domain: str) -> str:
    return ASK_DNS.format(domain)


def _and_above(domain: str) -> list[str]:
    labels = domain.split(".")
    return [".".join(labels[start:]) for start in range(len(labels) - 1)]


def texts(name: str) -> list[str]:
    """Look up the texts of a name. Raises Silent."""
    return _look_up(name) or []


def exists(name: str) -> bool:
    """Tell whether there is this name, or any below it. Raises Silent."""
    return _look_up(name) is not None


def _look_up(name: str) -> list[str] | None:
    from dns.exception import DNSException
    from dns.resolver import NXDOMAIN, NoAnswer

    try:
        answer = resolver().resolve(name, "TXT", lifetime=PATIENCE_SECONDS)
    except NXDOMAIN:
        return None
    except NoAnswer:
        return []
    except DNSException as error:
        raise Silent from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]


def resolver() -> "Resolver":
    """Ask as this machine does."""
    from dns.resolver import Resolver

    return Resolver()
