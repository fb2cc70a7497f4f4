"""Who may come in, by school; a school of few parents is not told apart."""

from collections.abc import Sequence

from app.services.town_hall.coming import Coming, Share
from app.services.town_hall.measures import FEW, percent_of_many
from app.services.town_hall.statistics.tables import SO_FEW, Column, Figure, Row, Table, Unit

COLUMNS = (Column("Parents"), Column("Ont choisi"), Column("Part", Unit.PERCENT, drawn=True))
ABOUT = (
    "Les parents qui ont choisi un mot de passe, et peuvent entrer aujourd’hui. Celui qui a des "
    "enfants dans deux écoles compte dans chacune."
)
ALL = "Toute la commune"
SMALL = f"Écoles de moins de {FEW} parents"


def by_school(coming: Coming) -> Table:
    """Tell it of the town, of each school, and of the small ones together."""
    rows = [_row(ALL, [coming.whole])]
    rows += [_row(each.school, [each]) for each in coming.schools if each.parents >= FEW]
    if small := [each for each in coming.schools if each.parents < FEW]:
        rows.append(_row(SMALL, small))
    return Table("acces", "Accès", ABOUT, "École", COLUMNS, rows)


def _row(label: str, shares: Sequence[Share]) -> Row:
    parents, came = (sum(figure) for figure in zip(*(each[1:] for each in shares), strict=True))
    share = percent_of_many(came, parents)
    figures: list[Figure] = [parents, came, share]
    return Row(label, figures if parents >= FEW or not parents else [SO_FEW, None, None])
