"""What the portal shows of a messy town, compared with what is true there."""

from decimal import Decimal

from flask import Flask
from sqlalchemy import select

from app import db
from app.models import Child, Family, FamilyChild, Guardian
from app.services.billing.ledger import BALANCE
from tests.support.messy_town import MessyTown


def everybody_sees_their_own(app: Flask, town: MessyTown) -> None:
    """Compare each family: its children, its guardians, what it owes."""
    with app.app_context():
        shown = {family.number: family for family in db.session().scalars(select(Family))}
        for household in town.households:
            family = shown[household.number]
            assert set(_children(family)) == {each.id for each in household.children}
            assert _guardians(family) == [
                (each.last_name.casefold(), each.first_name) for each in household.parents
            ]
            assert _balance(family) == -town.owed_by(household)


def _children(family: Family) -> list[str]:
    wanted = select(Child.source_id).join(FamilyChild, FamilyChild.child_id == Child.id)
    return list(db.session().scalars(wanted.where(FamilyChild.family_id == family.id)))


def _guardians(family: Family) -> list[tuple[str, str]]:
    wanted = select(Guardian).where(Guardian.family_id == family.id, Guardian.rank.is_not(None))
    return [
        (each.last_name.casefold(), each.first_name)
        for each in db.session().scalars(wanted.order_by(Guardian.rank))
    ]


def _balance(family: Family) -> Decimal:
    [(found,)] = db.rows(select(BALANCE), family_id=family.id)
    return Decimal(found)
