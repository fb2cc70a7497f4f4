"""What an import takes from people, named one by one before any figure: it is read first."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from enum import Enum

from app.formats import plural

KEPT_LINES = 1_000


class Headline(Enum):
    """What is told, as it was done and as a dry run plans it, in the order of the report."""

    REPLACED = (
        "Responsables remplacés, dont l’accès est fermé",
        "Responsables remplacés, dont l’accès serait fermé",
    )
    LEFT = (
        "Responsables partis de leur famille, dont l’accès est fermé",
        "Responsables partis de leur famille, dont l’accès serait fermé",
    )
    ARCHIVED = (
        "Familles absentes des fichiers, dont l’accès est fermé",
        "Familles absentes des fichiers, dont l’accès serait fermé",
    )
    CHILD = (
        "Enfants retirés d’une famille où les fichiers ne les mettent plus",
        "Enfants qui seraient retirés d’une famille où les fichiers ne les mettent plus",
    )
    INVOICE_WITHDRAWN = (
        "Factures et avoirs absents des fichiers, retirés",
        "Factures et avoirs absents des fichiers, qui seraient retirés",
    )
    PAYMENT_WITHDRAWN = (
        "Règlements absents des fichiers, retirés",
        "Règlements absents des fichiers, qui seraient retirés",
    )
    KEPT_OUT = (
        "Enfants tenus à l’écart d’une famille où les fichiers les mettent encore, à corriger",
        "Enfants tenus à l’écart d’une famille où les fichiers les mettent encore, à corriger",
    )
    ERASED = (
        "Familles effacées du portail, laissées de côté",
        "Familles effacées du portail, qui seraient laissées de côté",
    )
    RENAMED = (
        "Responsables qui changent de nom et gardent leur identifiant",
        "Responsables qui changeraient de nom et garderaient leur identifiant",
    )
    OVERRULED = (
        "Acceptés dans le portail, mais vos fichiers disent autre chose de nouveau",
        "Acceptés dans le portail, mais vos fichiers diraient autre chose de nouveau",
    )
    ADDRESS = (
        "Adresses confirmées par un parent, remplacées par celle de vos fichiers",
        "Adresses confirmées par un parent, qui seraient remplacées par celle de vos fichiers",
    )
    IDENTIFIER = (
        "Identifiants changés, à dire à ces parents\u00a0: l’ancien ne sert plus",
        "Identifiants qui changeraient, à dire à ces parents\u00a0: l’ancien ne servirait plus",
    )
    MADE_AGAIN = (
        "Factures absentes des fichiers et refaites sous le même numéro, l’ancienne est annulée",
        "Factures absentes des fichiers et refaites sous le même numéro, l’ancienne serait annulée",
    )
    MESSAGE_CHANGED = (
        "Messages déjà publiés sous le même numéro, remplacés sans courriel",
        "Messages déjà publiés sous le même numéro, qui seraient remplacés sans courriel",
    )
    TAKEN_BACK = (
        "Retirés dans le portail, que les fichiers donnent encore\u00a0: ils restent retirés",
        "Retirés dans le portail, que les fichiers donnent encore\u00a0: ils resteraient retirés",
    )
    SAME_FAMILY = (
        "Peut-être une même famille sous deux numéros, à vérifier",
        "Peut-être une même famille sous deux numéros, à vérifier",
    )
    SAME_CHILD = (
        "Peut-être un même enfant sous deux numéros, à vérifier",
        "Peut-être un même enfant sous deux numéros, à vérifier",
    )
    MAILBOX = (
        "Adresses de courriel de plusieurs responsables, qui y lisent ce qui est à l’autre",
        "Adresses de courriel de plusieurs responsables, qui y liraient ce qui est à l’autre",
    )


# What hurts nobody yet is told after the figures.
TO_CHECK = (Headline.SAME_FAMILY, Headline.SAME_CHILD, Headline.MAILBOX)
# What whoever reads before it is done may decide otherwise, row by row.
DECIDED = (
    Headline.CHILD, Headline.INVOICE_WITHDRAWN, Headline.PAYMENT_WITHDRAWN,
    Headline.OVERRULED, Headline.ADDRESS,
)  # fmt: skip
WHAT_HURTS = tuple(headline for headline in Headline if headline not in TO_CHECK)


class Headlines:
    """The lines under each headline; they are all counted, and the first thousand are kept."""

    def __init__(self) -> None:
        """Start with nothing to tell."""
        self.count: Counter[Headline] = Counter()
        self._kept: defaultdict[Headline, list[str]] = defaultdict(list)

    def add(self, headline: Headline, line: str) -> None:
        """Note one more."""
        self.count[headline] += 1
        if len(self._kept[headline]) < KEPT_LINES:
            self._kept[headline].append(line)

    def told(
        self, *, dry_run: bool, but: Collection[Headline] = ()
    ) -> Iterator[tuple[str, int, list[str]]]:
        """Go through what there is to tell: the words, how many, the first lines."""
        for headline in Headline:
            if self.count[headline] and headline not in but:
                done, planned = headline.value
                words = planned if dry_run else done
                yield words, self.count[headline], self._kept[headline]

    def lines(self, headlines: Iterable[Headline], *, dry_run: bool) -> Iterator[str]:
        """Write what there is to tell under these, each headline after an empty line."""
        for headline in headlines:
            count, kept = self.count[headline], self._kept[headline]
            if not count:
                continue
            done, planned = headline.value
            yield ""
            yield f"{planned if dry_run else done}\u00a0:"
            yield from (f"  {line}" for line in kept)
            if count > len(kept):
                yield f"  et {plural(count - len(kept), 'autre')}."
