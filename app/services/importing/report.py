"""What an import did, in French, for the person who launched it."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.formats import plural
from app.services.families.accepted import LastWord
from app.services.importing.accounts import KEPT_IDENTIFIERS, NewIdentifier
from app.services.importing.closures import Closures
from app.services.importing.deciding import AS_FILES_SAY, Offers
from app.services.importing.faults import Faults
from app.services.importing.headlines import TO_CHECK, WHAT_HURTS, Headlines
from app.services.importing.merging import Counts
from app.services.mail.kinds import IN_FRENCH, MailKind

DONE = ("créés", "modifiés", "inchangés", "absents", "retirés")
PLANNED = ("à créer", "à modifier", "inchangés", "absents", "à retirer")
COLUMN = 12


@dataclass(slots=True)
class Report:
    """The figures of an import, and what its operator should know."""

    source: str
    dry_run: bool = False
    # In the history, once it is done.
    number: int = 0
    counts: dict[str, Counts] = field(default_factory=dict)
    made_up: int = 0
    new_identifiers: list[NewIdentifier] = field(default_factory=list)
    lost_addresses: int = 0
    refused_addresses: int = 0
    headlines: Headlines = field(default_factory=Headlines)
    last_words: dict[LastWord, int] = field(default_factory=dict)
    # What somebody may decide otherwise.
    offers: Offers = field(default_factory=lambda: Offers(AS_FILES_SAY))
    # Invoices and payments that left the files, and stay.
    missing_movements: tuple[int, int] = (0, 0)
    # What a dry run asks before the import is done.
    question: str = ""
    closures: Closures | None = None
    mails: dict[MailKind, int] = field(default_factory=dict)
    ignored_files: list[str] = field(default_factory=list)
    windows_files: list[str] = field(default_factory=list)
    set_aside: Faults = field(default_factory=Faults)

    def figures(self) -> dict[str, str]:
        """Sum the import up for the journal."""
        figures = {"source": self.source}
        for name in ("created", "changed", "unchanged", "archived"):
            total = sum(getattr(each, name) for each in self.counts.values())
            figures[f"rows_{name}"] = str(total)
        return figures

    def lines(self) -> Iterator[str]:
        """Write the report, line by line."""
        yield (
            f"Simulation de l’import de « {self.source} »"
            if self.dry_run
            else (f"Import de « {self.source} »")
        )
        yield from self.headlines.lines(WHAT_HURTS, dry_run=self.dry_run)
        yield ""
        yield from self._table()
        yield from self._notices()
        yield from self.headlines.lines(TO_CHECK, dry_run=self.dry_run)
        yield from self._identifiers()
        yield from set_aside_lines(self.set_aside)
        yield ""
        if self.question:
            yield f"{self.question}\n"
        yield "Rien n’a été écrit." if self.dry_run else "L’import est terminé."

    def _table(self) -> Iterator[str]:
        width = max(len(name) for name in self.counts)
        headings = PLANNED if self.dry_run else DONE
        yield " " * (width + 2) + "".join(heading.rjust(COLUMN) for heading in headings)
        for name, each in self.counts.items():
            figures = (each.created, each.changed, each.unchanged, each.missing, each.archived)
            yield f"  {name.ljust(width)}" + "".join(str(each).rjust(COLUMN) for each in figures)

    def _notices(self) -> Iterator[str]:
        notices = [
            f"{name} n’est pas en UTF-8 : il a été lu en Windows-1252. Vérifiez les accents."
            for name in self.windows_files
        ]
        notices += [
            f"{name} ne fait pas partie des fichiers attendus : il a été ignoré."
            for name in self.ignored_files
        ]
        if self.lost_addresses:
            notices.append(
                f"{plural(self.lost_addresses, 'responsable n’a', 'responsables n’ont')} plus "
                "d’adresse électronique dans les fichiers : aucun mot de passe ne pourra leur "
                "être envoyé."
            )
        if self.refused_addresses:
            told = plural(self.refused_addresses, "responsable a", "responsables ont")
            notices.append(
                f"{told} une adresse qui refuse nos courriels\u00a0: flask mail refused."
            )
        notices += self._missing()
        notices += self._reporting()
        verb = "à envoyer" if self.dry_run else "dans la file d’envoi"
        notices += [
            f"{plural(count, 'courriel')} « {IN_FRENCH[kind]} » {verb}."
            for kind, count in self.mails.items()
            if count
        ]
        if notices:
            yield ""
        yield from notices

    def _missing(self) -> Iterator[str]:
        invoices, payments = self.missing_movements
        told = [plural(invoices, "facture ou avoir", "factures ou avoirs")] if invoices else []
        told += [plural(payments, "règlement")] if payments else []
        if told:
            yield (
                f"{' et '.join(told)} de ces familles ne sont plus dans les fichiers, qui couvrent "
                "pourtant leur date\u00a0: rien n’y change. Pour les retirer, --remove-missing."
            )

    def _reporting(self) -> Iterator[str]:
        if reported := self.last_words.get(LastWord.REPORTED, 0):
            told = plural(reported, "changement accepté est", "changements acceptés sont")
            yield f"{told} maintenant dans vos fichiers."
        if standing := self.last_words.get(LastWord.STANDS, 0):
            told = plural(standing, "changement accepté reste", "changements acceptés restent")
            yield f"{told} à reporter dans votre logiciel\u00a0: flask reporting."

    def _identifiers(self) -> Iterator[str]:
        if not self.made_up:
            return
        yield ""
        # A dry run draws identifiants too, but not those that the import will give.
        if self.dry_run:
            count = plural(self.made_up, "nouvel identifiant", "nouveaux identifiants")
            yield f"{count} à attribuer."
            return
        yield "Identifiants attribués par le portail :"
        for each in self.new_identifiers:
            yield (f"  {each.identifier}  {each.name}, famille {each.family}")
        if self.made_up > KEPT_IDENTIFIERS:
            yield f"  et {self.made_up - KEPT_IDENTIFIERS} autres."


def set_aside_lines(set_aside: Faults) -> Iterator[str]:
    """List the cells that an import does without, whether it is done, planned or refused."""
    if not set_aside:
        return
    yield ""
    yield (
        f"{plural(set_aside.count, 'cellule mise', 'cellules mises')} de côté\u00a0: le reste de "
        "la ligne est pris, et ce que le portail savait de cette case est gardé."
    )
    yield from (f"  {each}" for each in set_aside)
    if set_aside.count > len(set_aside.kept):
        yield f"  et {plural(set_aside.count - len(set_aside.kept), 'autre')}."
