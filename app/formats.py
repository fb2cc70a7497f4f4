"""French dates, euros, phones and plurals: plain functions, also Jinja filters."""

import unicodedata
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import filterfalse
from zoneinfo import ZoneInfo

from flask import Flask

from app import here, telephones

# As Babel's French, which a test compares them with, writes them: its data is 4 MB a process.
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
EXTENSION = "portail.timezone"
# Where no application runs, and no town is known.
PARIS = ZoneInfo("Europe/Paris")
NBSP = "\N{NO-BREAK SPACE}"
NARROW_NBSP = "\u202f"
FRENCH_SIGNS = str.maketrans({",": NARROW_NBSP, ".": ","})
FIRST_OF_MONTH = 1
KIBI = 1024
ENDS = (".", "!", "?", "…")
PARTS_OF_DAY = ((5, "cette nuit"), (12, "ce matin"), (18, "cet après-midi"), (24, "ce soir"))
# What Unicode does not take apart, as people type it: the letters of the alphabets of Europe that
# have a base letter but no accent, and the kinds of one sign. Invisible ones go.
UNFOLDED = str.maketrans(
    {"œ": "oe", "æ": "ae", "þ": "th"}
    | dict(zip("ıłøđðħŧŋĸə", "iloddhtnqe", strict=True))
    | dict.fromkeys("\u2018\u2019\u02bc\u02bb", "'")
    | dict.fromkeys("\u2010\u2012\u2013\u2014\u2015\u2212", "-")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", "")
)


def init_app(app: Flask, timezone: str) -> None:
    """Learn where the town is; make every format a Jinja filter of the same name."""
    app.extensions[EXTENSION] = ZoneInfo(timezone)
    filters: tuple[Callable[..., str], ...] = (
        euros, signed_euros, price, month, day, day_in_words, day_in_full, day_and_month, bare_day,
        recent_day, coming_day, hour, moment, near_moment, near_limit, plural, ended, elided,
        file_size, phone, phone_link, plain_amount,
    )  # fmt: skip
    for function in filters:
        app.jinja_env.filters[function.__name__] = function
    app.jinja_env.globals["today"] = today


def town_zone() -> ZoneInfo:
    """Return the time zone that the town lives in."""
    try:
        zone: ZoneInfo = here.application().extensions[EXTENSION]
    except RuntimeError:
        return PARIS
    return zone


def today() -> date:
    """Return the date in the town, whatever the server's clock zone."""
    return datetime.now(town_zone()).date()


def day_of(instant: datetime, zone: ZoneInfo | None = None) -> date:
    """Return the day that it is in the town at this instant; lists ask for its zone once."""
    return _in_town(instant, zone).date()


# A statement repeats the same few prices.
@lru_cache(maxsize=4096)
def euros(amount: Decimal) -> str:
    """Write -891,35 € as the guides do, with spaces that never break."""
    return _figures(f"{amount:,.2f}") + NBSP + "€"


def plain_amount(amount: Decimal) -> str:
    """Write -1234,50, as forms and spreadsheets take it."""
    return f"{amount:.2f}".replace(".", ",")


@lru_cache(maxsize=512)
def price(amount: Decimal) -> str:
    """Write 1,2504 €, as precise as the town wrote it; 4,30 € as ever."""
    written = f"{amount:,.4f}"
    cents, beyond = written[:-2], written[-2:]
    return _figures(cents + beyond.rstrip("0")) + NBSP + "€"


@lru_cache(maxsize=512)
def number(value: Decimal) -> str:
    """Write 14, 8,5 or 0,125."""
    return _figures(f"{value:,.3f}".rstrip("0").rstrip("."))


def _figures(written: str) -> str:
    return written.translate(FRENCH_SIGNS)


@lru_cache(maxsize=4096)
def signed_euros(amount: Decimal) -> str:
    """Write +60,80 € for what comes, -60,80 € for what is due or goes."""
    return f"+{euros(amount)}" if amount > 0 else euros(amount)


@lru_cache(maxsize=512)
def month(value: date) -> str:
    """Write juillet 2018."""
    return f"{MONTHS[value.month - 1]} {value.year:04}"


@lru_cache(maxsize=4096)
def day(value: date) -> str:
    """Write 08/11/2016."""
    return f"{value.day:02}/{value.month:02}/{value.year:04}"


@lru_cache(maxsize=512)
def day_in_words(value: date) -> str:
    """Write 12 juillet 2018, and 1er where French says so (Babel does not)."""
    number = "1er" if value.day == FIRST_OF_MONTH else str(value.day)
    return number + NBSP + month(value)


@lru_cache(maxsize=512)
def day_in_full(value: date) -> str:
    """Write jeudi 12 juillet 2018."""
    return f"{WEEKDAYS[value.weekday()]} {day_in_words(value)}"


def day_and_month(value: date) -> str:
    """Write jeudi 12 juillet, where the year is known."""
    return day_in_full(value).removesuffix(f" {value.year}")


def bare_day(value: date) -> str:
    """Write 12 juillet, where the year is known."""
    return day_in_words(value).removesuffix(f" {value.year}")


def recent_day(value: date) -> str:
    """Write aujourd’hui, hier, lundi 16 novembre, and the year when it is not this one."""
    now = today()
    if value == now:
        return "aujourd’hui"
    if value == now - timedelta(days=1):
        return "hier"
    return day_and_month(value) if value.year == now.year else day_in_full(value)


def hour(instant: datetime) -> str:
    """Write 15 h 05, in the town's time."""
    local = _in_town(instant)
    return f"{local.hour}{NBSP}h{NBSP}{local.minute:02}"


def moment(instant: datetime) -> str:
    """Write jeudi 12 juillet 2018 à 15 h 05, in the town's time."""
    return f"{day_in_full(day_of(instant))} à {hour(instant)}"


def near_moment(instant: datetime) -> str:
    """Write ce matin à 5 h 41, hier à 23 h 10, demain à 8 h 00; the whole day when further."""
    days = (day_of(instant) - today()).days
    if abs(days) > 1:
        return moment(instant)
    local = _in_town(instant)
    part = {-1: "hier", 1: "demain"}.get(days) or next(
        words for until, words in PARTS_OF_DAY if local.hour < until
    )
    return f"{part} à {hour(instant)}"


def near_limit(instant: datetime) -> str:
    """Write demain à 9 h 25 of what is too late at 9 h 26: the minute that is named is in time."""
    return near_moment(instant - timedelta(minutes=1))


def coming_day(value: date) -> str:
    """Write aujourd’hui, lundi 30 novembre; demain, mardi 1er décembre; jeudi 3 décembre."""
    near = {0: "aujourd’hui, ", 1: "demain, "}.get((value - today()).days, "")
    return f"{near}{day_and_month(value)}"


def plural(count: int, singular: str, plural_form: str | None = None) -> str:
    """Write 1 nouveau message, 2 000 nouveaux messages; zero is singular in French."""
    written = f"{count:,}".replace(",", NARROW_NBSP)
    return f"{written}{NBSP}{singular if abs(count) < 2 else plural_form or singular + 's'}"  # noqa: PLR2004


def ended(words: str) -> str:
    """End a sentence, unless what somebody typed at its end does: Fermé : grève !"""
    return words if words.endswith(ENDS) else words + "."


def elided(word: str, name: str) -> str:
    """Write d’Inaya, qu’Inaya, and de Sami; an h is taken for one that is heard, as in Hugo."""
    folded = f"{fold(name)}  "
    first, second = folded[0], folded[1]
    # Yvonne begins with a vowel, Yanis does not.
    is_vowel = first in "aeiou" or (first == "y" and second not in "aeiou ")
    return f"{word[:-1]}’{name}" if is_vowel else f"{word} {name}"


def file_size(count: int) -> str:
    """Write 240 Ko, 1,3 Mo, 2,0 Go, as a phone does."""
    kibibytes = max(1, round(count / KIBI))
    if kibibytes < KIBI:
        return f"{kibibytes}{NBSP}Ko"
    mebibytes = count / KIBI / KIBI
    written = f"{mebibytes:.1f}{NBSP}Mo" if mebibytes < KIBI else f"{mebibytes / KIBI:.1f}{NBSP}Go"
    return written.replace(".", ",")


def fold(text: str) -> str:
    """Write words as they are compared: no accents, no capitals, plain hyphens, single blanks."""
    if text.isascii():
        return " ".join(text.lower().split())
    parts = unicodedata.normalize("NFKD", text)
    letters = "".join(filterfalse(unicodedata.combining, parts)).casefold()
    return " ".join(letters.translate(UNFOLDED).split())


def together(names: Iterable[str]) -> str:
    """Write « MARTIN et PETIT »: each once, however it is spelt the second time."""
    several = list(names)
    if len(several) == 1:
        return several[0]
    once: dict[str, str] = {}
    for name in several:
        once.setdefault(fold(name), name)
    return " et ".join(once.values())


def either(names: list[str]) -> str:
    """Write « lundi, mardi ou jeudi »."""
    *first, last = names
    return f"{', '.join(first)} ou {last}" if first else last


def phone(number: str) -> str:
    """Write 04 76 00 00 00 without breaks; what is no telephone number stays as it was given."""
    return telephones.written(number, _territory()).replace(" ", NBSP)


def phone_link(number: str) -> str:
    """Write +33476000000, what a `tel:` link dials; empty when it is no telephone number."""
    return telephones.dialled(number, _territory())


def _territory() -> str:
    return telephones.TERRITORIES.get(town_zone().key, telephones.METROPOLE)


def _in_town(instant: datetime, zone: ZoneInfo | None = None) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a time zone: {instant!r}")
    return instant.astimezone(UTC).astimezone(zone or town_zone())
