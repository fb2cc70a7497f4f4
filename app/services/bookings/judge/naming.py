"""Services in a French sentence: « la cantine », « l’étude », « Multisports » when nobody knows.

A town names its services as it likes, and no rule tells the article of a name: words that towns
use have theirs here, another name stands between quotes.
"""

from app import formats
from app.formats import NBSP
from app.memo import kept

ARTICLES = {
    "la ": "cantine garderie pause restauration ludotheque demi-pension halte creche navette",
    "l’": "accueil etude aide atelier animation activite alae alsh alp ecole",
    "le ": "restaurant centre repas gouter mercredi periscolaire temps club dejeuner"
    " petit-dejeuner transport car bus service soir matin",
    "les ": "mercredis ateliers activites vacances repas-froids temps-libres tap nap",
}
ARTICLE_OF = {word: article for article, words in ARTICLES.items() for word in words.split()}
WITH_TO = {"le ": "au ", "les ": "aux "}
WITH_OF = {"le ": "du ", "les ": "des "}


# A week says the same few names sixty times.
@kept(256)
def the(name: str) -> str:
    """Write la cantine, l’étude, « Multisports »."""
    article = _article(name)
    return f"{article}{_inside(name)}" if article else quoted(name)


def to_the(name: str) -> str:
    """Write à la cantine, au centre de loisirs, à « Multisports »."""
    article = _article(name)
    if article is None:
        return f"à {quoted(name)}"
    return f"{WITH_TO.get(article, f'à {article}')}{_inside(name)}"


@kept(256)
def no(name: str) -> str:
    """Write pas de cantine, pas d’étude, pas de « Multisports »."""
    if _article(name) is None:
        return f"pas de {quoted(name)}"
    return f"pas {formats.elided('de', _inside(name))}"


def capital(words: str) -> str:
    """Begin a sentence."""
    return words[:1].upper() + words[1:]


def quoted(name: str) -> str:
    """Write « Multisports », which no line takes apart from its quotes."""
    return f"«{NBSP}{name}{NBSP}»"


def _article(name: str) -> str | None:
    first = formats.fold(name).partition(" ")[0]
    return ARTICLE_OF.get(first)


def _inside(name: str) -> str:
    """Write a name inside a sentence: « Garderie du soir » loses its capital, « ALSH » does not."""
    first = name.partition(" ")[0]
    return name if first.isupper() else name[:1].lower() + name[1:]
