"""Days as people and spreadsheets write them, read as ISO text."""

import re
from datetime import date
from functools import lru_cache

from app.services.importing.faults import FieldRefused

CACHED_VALUES = 65_536
FIRST_YEAR, LAST_YEAR = 1900, 2100
# What a spreadsheet adds to a day; any other hour means that the cell is no day.
MIDNIGHT = r"(?:[ T]00?:00(?::00(?:[.,]0{1,6})?)?)?"
FRENCH_DATE = re.compile(rf"(\d{{1,2}})([/.])(\d{{1,2}})\2(\d{{4}}){MIDNIGHT}", re.ASCII)
ISO_DATE = re.compile(rf"(\d{{4}})-(\d{{1,2}})-(\d{{1,2}}){MIDNIGHT}", re.ASCII)


@lru_cache(CACHED_VALUES)
def parse_day(value: str) -> str:
    """Read 08/11/2016, 8/11/2016, 08.11.2016 or 2016-11-08, at midnight or without an hour."""
    if found := FRENCH_DATE.fullmatch(value):
        day, month, year = (int(found[part]) for part in (1, 3, 4))
    elif found := ISO_DATE.fullmatch(value):
        year, month, day = (int(part) for part in found.groups())
    else:
        raise FieldRefused("écrivez une date comme 08/11/2016 ou 2016-11-08.")
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise FieldRefused(f"l’année doit être comprise entre {FIRST_YEAR} et {LAST_YEAR}.")
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        raise FieldRefused("cette date n’existe pas au calendrier.") from None
