"""Files that were given under a name that nobody reads."""

from collections.abc import Collection, Sequence

from app.services.importing.faults import Fault

# What a spreadsheet, or a second download, makes of a name is seen at once beside the right one.
UNKNOWN = "le portail ne lit rien sous ce nom\u00a0: donnez au fichier l’un de ceux-ci\u00a0: {}."
MISSING = "ce fichier manque, comme tous ceux que l’on lit ici\u00a0: {}."
TABLE = ".csv"


def unread(given: Sequence[str], names: Collection[str]) -> list[str]:
    """List the tables among what was given that have none of these names, whatever their case."""
    known = {name.lower() for name in names}
    return [each for each in given if each.lower().endswith(TABLE) and each.lower() not in known]


def nothing_to_read(given: Sequence[str], names: Sequence[str]) -> list[Fault]:
    """Tell what to do where none of the files is one of these: by what was given, if anything."""
    wrong = unread(given, names)
    if wrong:
        return [Fault(each, UNKNOWN.format(", ".join(names))) for each in wrong]
    return [Fault(names[0], MISSING.format(", ".join(names[1:])))]
