"""Telephone numbers of all French territories: whose it is, how it is written and dialled.

Only its length is looked at: ranges are given out faster than any list of them is renewed.
"""

import re
from typing import TYPE_CHECKING

from app.memo import kept

if TYPE_CHECKING:
    from phonenumbers import PhoneNumber

METROPOLE = "FR"
# Whose towns write their numbers without any prefix, by time zone.
TERRITORIES = {
    "America/Cayenne": "GF",
    "America/Guadeloupe": "GP",
    "America/Marigot": "GP",
    "America/Martinique": "MQ",
    "America/Miquelon": "PM",
    "America/St_Barthelemy": "GP",
    "Indian/Mayotte": "YT",
    "Indian/Reunion": "RE",
    "Pacific/Gambier": "PF",
    "Pacific/Marquesas": "PF",
    "Pacific/Noumea": "NC",
    "Pacific/Tahiti": "PF",
    "Pacific/Wallis": "WF",
}
# Those with a numbering of their own; the others share the ten figures of metropolitan France,
# where three of them tell which.
WITH_OWN_NUMBERS = frozenset({"NC", "PF", "PM", "WF"})
OVERSEAS = {
    **dict.fromkeys(("262", "263", "269", "639", "692", "693"), "+262"),
    **dict.fromkeys(("590", "690", "691"), "+590"),
    **dict.fromkeys(("594", "694"), "+594"),
    **dict.fromkeys(("596", "696", "697"), "+596"),
}
# What is dialled before the six figures of Saint-Pierre-et-Miquelon, from elsewhere in France.
MIQUELON = "508"
# Kept for fiction, in the midst of Mayotte's.
INVENTED = "63998"
BETWEEN_FIGURES = re.compile(r"[\s.()/-]+")
TEN_FIGURES = re.compile(r"0?([1-9]\d{8})", re.ASCII)
# Those that are cut in pairs, nearly all: the library, which knows the world, takes 3 MB and 60 ms.
IN_PAIRS = re.compile(r"\+33([1-79])(\d\d)(\d\d)(\d\d)(\d\d)", re.ASCII)


@kept(most=512)
def written(number: str, territory: str) -> str:
    """Write a number as people of this territory do; what is none stays as it was given."""
    pairs = _in_pairs(number)
    if pairs and territory not in WITH_OWN_NUMBERS:
        return "0" + " ".join(pairs.groups())
    import phonenumbers

    parsed = _parse(number, territory)
    if parsed is None:
        return number
    at_home = parsed.country_code in _written_without_prefix(territory)
    kind = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(parsed, kind.NATIONAL if at_home else kind.INTERNATIONAL)


@kept(most=512)
def dialled(number: str, territory: str) -> str:
    """Write +33476000000, what dials from anywhere; empty when it is no telephone number."""
    pairs = _in_pairs(number)
    if pairs:
        return pairs[0]
    import phonenumbers

    parsed = _parse(number, territory)
    if parsed is None:
        return ""
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def with_zero(number: str) -> str:
    """Give nine figures the zero that a spreadsheet took; empty where nothing lacks one."""
    figures = BETWEEN_FIGURES.sub("", number)
    lost = TEN_FIGURES.fullmatch(figures)
    return f"0{figures}" if lost and lost[1] == figures else ""


def _in_pairs(number: str) -> re.Match[str] | None:
    return IN_PAIRS.fullmatch(BETWEEN_FIGURES.sub("", _with_prefix(number)))


def _parse(number: str, territory: str) -> "PhoneNumber | None":
    import phonenumbers

    region = territory if territory in WITH_OWN_NUMBERS else METROPOLE
    try:
        parsed = phonenumbers.parse(_with_prefix(number), region)
    except phonenumbers.NumberParseException:
        return None
    return parsed if phonenumbers.is_possible_number(parsed) else None


def _with_prefix(number: str) -> str:
    """Give a number of ten figures the prefix of its territory; nine lost their zero somewhere."""
    figures = TEN_FIGURES.fullmatch(BETWEEN_FIGURES.sub("", number))
    if figures is None:
        return number
    own = figures[1]
    if own.startswith(MIQUELON):
        return f"+{own}"
    prefix = "+33" if own.startswith(INVENTED) else OVERSEAS.get(own[:3], "+33")
    return prefix + own


def _written_without_prefix(territory: str) -> set[int]:
    import phonenumbers

    if territory == "PM":
        # Its six figures are written with a zero that nobody dials.
        return set()
    own = phonenumbers.country_code_for_region(territory)
    return {own} if territory in WITH_OWN_NUMBERS else {own, 33}
