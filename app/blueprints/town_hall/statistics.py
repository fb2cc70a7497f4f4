"""« Chiffres »: what is counted of the town, which names nobody."""

from flask import abort, render_template
from flask import request as asked
from flask.typing import ResponseReturnValue

from app.blueprints.town_hall.blueprint import town_hall
from app.formats import today
from app.services.clerks import rights
from app.services.clerks.rights import Right
from app.services.town_hall.statistics import periods
from app.services.town_hall.statistics.periods import Period
from app.services.town_hall.statistics.tables import Table
from app.web.clerk_access import current_clerk, needs
from app.web.files import CSV, send_made_file


@town_hall.get("/mairie/chiffres")
@needs(Right.FAMILIES)
def statistics() -> ResponseReturnValue:
    """All tables of a period."""
    offered = periods.offered(today())
    period = _asked(offered)
    return render_template(
        "town_hall/statistics.html", offered=offered, period=period, tables=_read(period)
    )


@town_hall.get("/mairie/chiffres/<key>.csv")
@needs(Right.FAMILIES)
def statistics_file(key: str) -> ResponseReturnValue:
    """One of them, for a spreadsheet."""
    table = next(
        (each for each in _read(_asked(periods.offered(today()))) if each.key == key), None
    )
    if table is None:
        abort(404)
    return send_made_file(table.file(), CSV, f"Chiffres {table.title}")


def _asked(offered: list[Period]) -> Period:
    return periods.asked(asked.args.get("periode", ""), offered)


def _read(period: Period) -> list[Table]:
    # Loaded by whoever looks at figures, some times a month.
    from app.services.town_hall.statistics import reading

    return reading.read(period, amounts=rights.may(current_clerk(), Right.AMOUNTS))
