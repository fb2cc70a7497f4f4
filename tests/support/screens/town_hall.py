"""The town hall's side in its states: the way in, the day, the team, one's own account."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from unittest import mock

import time_machine
from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import ClerkAccount, FamilyRequest, RequestState
from app.services.accounts import throttles
from app.services.clerks import serving, team, wishes
from app.services.tokens import wish_links
from app.testing import Outbox
from tests.support.browser import Browser, Page
from tests.support.clerks import (
    LAUNCHED,
    PASSWORD,
    Clerk,
    choose_password,
    give_password,
    invited,
    link_in,
    settle,
    sign_in_by_mail,
    take_application,
)
from tests.support.people import People
from tests.support.screens.billing import billing_screens
from tests.support.screens.booking_for_family import booking_for_family_screens
from tests.support.screens.calling import calling_screens
from tests.support.screens.closings import closing_screens
from tests.support.screens.day import day_screens
from tests.support.screens.desk import desk_screens
from tests.support.screens.expected import expected_screens
from tests.support.screens.families import families_screens
from tests.support.screens.family_file import family_screens
from tests.support.screens.imports import import_screens
from tests.support.screens.invoices import money_of_all_screens
from tests.support.screens.journal import journal_screens
from tests.support.screens.late_places import late_place_screens
from tests.support.screens.mails import mail_screens
from tests.support.screens.messages import messages_screens
from tests.support.screens.services import service_screens
from tests.support.screens.settings import settings_screens
from tests.support.screens.statistics import statistics_screens
from tests.support.screens.waiting import waiting_screens

Screens = Iterator[tuple[str, Page]]
CAMILLE = ("camille.martin@commune.fr", "Camille Martin")


def town_hall_screens(app: Flask, people: People) -> Screens:
    """Go through them as Camille, who may do everything, and Nadia, who may not."""
    nadia = settle(app, "nadia@commune.fr", "Nadia Petit", "secretariat", "regie", by_mail=True)
    yield from _way_in(app, nadia)
    office = Browser(app)
    page = choose_password(office, invited(app, *CAMILLE, "administration"))
    yield "town hall, an application only", page
    page, _ = take_application(page)
    yield "town hall, spare codes", page
    yield "town hall, a code by application", give_password(Browser(app), CAMILLE[0])
    yield from _links(app, nadia)
    yield from _team(app, office)
    yield from day_screens(app, office)
    yield from desk_screens(app, people, office)
    yield from import_screens(app, office)
    yield from families_screens(app, office)
    yield from calling_screens(app, office, people)
    yield from family_screens(app, office, people)
    yield from messages_screens(app, office)
    yield from statistics_screens(office)
    yield from journal_screens(app, office)
    yield from mail_screens(app, office, people)
    yield from money_of_all_screens(app, office)
    yield from settings_screens(app, office)
    yield from service_screens(app, people, office)
    yield from expected_screens(app, people)
    yield from closing_screens(app, people, office)
    yield from billing_screens(app, people, office)
    yield from waiting_screens(app, people, office)
    yield from late_place_screens(app, people, office)
    yield from booking_for_family_screens(app, people, office)
    yield from _own_account(app, nadia)


def _way_in(app: Flask, nadia: Clerk) -> Screens:
    page = Browser(app).get("town_hall.sign_in")
    yield "town hall, sign in", page
    yield "town hall, nothing typed", page.submit("Continuer", _refused=200)
    stranger = Browser(app)
    page = stranger.get("town_hall.forgotten_password")
    yield "town hall, forgotten", page
    page = page.fill({"Adresse de courriel": "personne@commune.fr"})
    yield "town hall, forgotten, sent", page.submit("Recevoir le lien")
    with mock.patch.object(throttles, "ADDRESS_REQUESTS", 0):
        refused = page.submit("Recevoir le lien", _refused=429)
        yield "town hall, forgotten, from where many ask", refused
    yield "town hall, a code by mail", give_password(Browser(app), nadia.email)


def _links(app: Flask, nadia: Clerk) -> Screens:
    path = invited(app, "alex@commune.fr", "Alex Rey", "lecture")
    page = Browser(app).visit(path)
    yield "town hall, invitation", page
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=73), tick=False):
        yield "town hall, invitation, over", Browser(app).visit(path)
    alex = Browser(app)
    yield "town hall, where codes come from", choose_password(alex, path)
    yield "town hall, invitation, used", Browser(app).visit(path)
    yield "town hall, link, unknown", Browser(app).visit("/mairie/mot-de-passe/inconnu")
    page = Browser(app).get("town_hall.forgotten_password")
    page.fill({"Adresse de courriel": nadia.email}).submit("Recevoir le lien")
    yield "town hall, new password", Browser(app).visit(link_in(Outbox(app).latest))


def _team(app: Flask, office: Browser) -> Screens:
    invited(app, "lou@commune.fr", "Lou Blanc", "lecture")
    settle(app, "sam@commune.fr", "Sam Noir", "regie", by_mail=True)
    with app.app_context():
        # Names may have markup behind them.
        known = {each.email: each.public_id for each in team.colleagues()}
        team.close(LAUNCHED, known["sam@commune.fr"])
        some = [each.slug for each in serving.choices()][:1]
        team.change_roles(LAUNCHED, known["lou@commune.fr"], ("lecture",), some)
    page = office.get("town_hall.colleagues")
    yield "town hall, team", page
    yield "town hall, missing page", office.visit("/mairie/nulle-part", 404)
    yield "town hall, team, nothing typed", page.submit("Inviter", _refused=200)
    for state, email in (
        ("", "nadia@commune.fr"),
        (", closed", "sam@commune.fr"),
        (", of one service", "lou@commune.fr"),
    ):
        page = office.get("town_hall.colleague", public_id=known[email])
        yield f"town hall, colleague{state}", page
    with app.app_context(), db.transaction() as session:
        nadia = select(ClerkAccount.id).where(ClerkAccount.email == "nadia@commune.fr")
        hers = {"clerk_id": nadia.scalar_subquery(), "state": RequestState.SENT}
        session.execute(update(FamilyRequest).values(hers))
    page = office.get("town_hall.colleague", public_id=known["nadia@commune.fr"])
    yield "town hall, colleague, with requests", page


def _own_mails(app: Flask, hers: Browser, nadia: Clerk) -> Screens:
    page = hers.get("town_hall.choose_own_mails")
    yield "town hall, own mails", page
    forged = {"new_request": "at_noon", "csrf_token": page.csrf_token}
    yield "town hall, own mails, forged", hers.post(page.path, forged)
    page.fill({"Une nouvelle demande": "Tout de suite"}).submit("Enregistrer")
    with app.app_context():
        clerk = next(each for each in team.colleagues() if each.email == nadia.email)
        links = {told: wish_links.token_for_clerk(clerk.public_id, told) for told in wishes.WHEN}
    for told, state in (("at_once", "at once"), ("morning", "in the morning")):
        page = hers.get("town_hall.stop_own_mails", token=links[told])
        yield f"town hall, mails to stop, {state}", page
    yield "town hall, mails stopped", page.submit("Ne plus les recevoir")
    yield "town hall, mails by no link", hers.get("town_hall.stop_own_mails", token="forged")


def _own_account(app: Flask, nadia: Clerk) -> Screens:
    outbox = Outbox(app)
    sign_in_by_mail(Browser(app), nadia, outbox)
    hers = Browser(app)
    sign_in_by_mail(hers, nadia, outbox)
    yield "town hall, own account", hers.get("town_hall.own_account")
    yield "town hall, no shortcuts", hers.get("town_hall.own_account").submit("Les désactiver")
    yield from _own_mails(app, hers, nadia)
    yield "town hall, own name", hers.get("town_hall.change_name")
    yield "town hall, own password", hers.get("town_hall.change_password")
    yield "town hall, not allowed", hers.get("town_hall.colleagues", 403)
    with app.app_context(), db.transaction() as session:
        session.execute(update(ClerkAccount).values(spare_used=list(range(8))))
    yield "town hall, no spare code", hers.get("town_hall.spare_codes")
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=11), tick=False):
        page = hers.get("town_hall.spare_codes", _lands_on="town_hall.prove_again")
        yield "town hall, the password again", page
        page.fill({"Mot de passe": PASSWORD}).submit("Continuer")
