"""The town hall's side: one file a place of the menu, and the way in."""

from app.blueprints.town_hall import (
    answering,
    day,
    erasing,
    families,
    family_file,
    file_changes,
    helping,
    imports,
    own_account,
    passwords,
    ready_answers,
    reporting,
    requests,
    search,
    signing_in,
    team,
    viewing,
)
from app.blueprints.town_hall.blueprint import town_hall

__all__ = [
    "answering",
    "day",
    "erasing",
    "families",
    "family_file",
    "file_changes",
    "helping",
    "imports",
    "own_account",
    "passwords",
    "ready_answers",
    "reporting",
    "requests",
    "search",
    "signing_in",
    "team",
    "town_hall",
    "viewing",
]
