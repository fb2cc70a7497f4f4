"""The commonest acts of a secretary's week, from « À faire », with their clicks counted.

Enter counts as one; a file picker and what is typed do not; ticks are counted apart.
"""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Locator, Page, ViewportSize, expect

from app.services.demonstration import clerk
from app.services.targets.kinds import IN_FRENCH, TargetKind
from tests.e2e.conftest import Device, open_window
from tests.e2e.live import ROOT, Portal, portal, words_of

DESK: ViewportSize = {"width": 1366, "height": 768}
CODE = re.compile(r"^[0-9]{6}$", re.MULTILINE)
A_CLASS = "École élémentaire Louise-Michel, CM2"
A_DOCUMENT = next((ROOT / "demo" / "documents").glob("*.pdf"))
NEXT_MONTH = sorted((ROOT / "demo" / "mois-suivant").glob("*.csv"))


class Hand:
    """Somebody at the town hall, whose clicks are counted."""

    def __init__(self, page: Page, town_hall: Portal) -> None:
        """Begin where the day begins."""
        self.page, self.town_hall, self.clicks, self.ticks = page, town_hall, 0, 0
        page.goto("/mairie")
        expect(page.locator("h1")).to_have_text("À faire aujourd’hui")

    def press(self, words: str, where: Locator | None = None) -> None:
        """Press what reads so: a button, a link, or what unfolds."""
        place = where or self.page.locator("body")
        self.clicks += 1
        found = (
            place.get_by_role("button", name=words)
            .or_(place.get_by_role("link", name=words))
            .or_(place.locator("summary", has_text=words))
        )
        found.first.click()

    def tick(self, words: str | re.Pattern[str]) -> None:
        """Choose one answer of a form."""
        self.ticks += 1
        self.page.get_by_label(words, exact=True).check()

    def find(self, words: str) -> Locator:
        """Look a family up, and press Enter."""
        field = self.page.get_by_label("Chercher une famille")
        field.fill(words)
        self.clicks += 1
        field.press("Enter")
        expect(self.page.locator("h1")).to_contain_text("Famille ")
        return self.page.locator("main")


Act = Callable[[Hand], None]


def who_is_calling(hand: Hand) -> None:
    main = hand.find("zest")
    expect(main).to_contain_text("38 16 23 86")


def why_no_mail(hand: Hand) -> None:
    main = hand.find("38162477")
    expect(main.get_by_role("region", name="Derniers courriels")).to_be_visible()


def send_the_access_again(hand: Hand) -> None:
    hand.find("zest pays")
    hand.press("Envoyer l’accès")
    expect(hand.page.locator("main")).to_contain_text("Envoyé à pays.zest@exemple.fr")


def correct_the_address_and_send(hand: Hand) -> None:
    main = hand.find("bœuf")
    main.get_by_label("Adresse de courriel").fill("germaine@exemple.org")
    hand.press("Enregistrer et envoyer l’accès")
    expect(hand.page.locator("main")).to_contain_text("Envoyé à germaine@exemple.org")


def see_what_she_sees(hand: Hand) -> None:
    hand.find("martinez")
    hand.press("Voir comme elle")
    hand.press("Elle m’a demandé de l’aide")
    expect(hand.page.locator("h1")).to_have_text("Bienvenue sur le portail famille")
    expect(hand.page.locator("body")).to_contain_text("Vous voyez le portail comme")
    hand.page.get_by_role("button", name="Revenir à la mairie").click()


def answer_a_question(hand: Hand) -> None:
    hand.press("Poser une question sur une facture")
    hand.page.get_by_label("Votre texte").fill("Une semaine, deux repas : c’est corrigé.")
    hand.press("Répondre et clore")
    expect(hand.page.locator("main")).to_contain_text("Répondue.")


def accept_a_photo(hand: Hand) -> None:
    hand.press("Proposer une photo")
    hand.press("Accepter")
    expect(hand.page.locator("main")).to_contain_text("Acceptée.")


def import_the_month(hand: Hand) -> None:
    hand.page.get_by_label("Fichiers").set_input_files(NEXT_MONTH)
    hand.press("Voir ce qui changerait")
    button = hand.page.get_by_role("button", name="Importer", exact=True)
    expect(button).to_be_visible(timeout=30_000)
    hand.press("Importer")
    expect(hand.page.locator("h1")).to_contain_text("est importé", timeout=30_000)


def remind_those_who_never_came(hand: Hand) -> None:
    hand.press("Relancer")
    hand.press("Envoyer")
    expect(hand.page.locator("main")).to_contain_text("en chemin")


def print_letters_to_those_without_address(hand: Hand) -> None:
    row = hand.page.get_by_role("listitem").filter(has_text="sans adresse de courriel")
    hand.press("Voir", row)
    hand.tick(re.compile("^Tout sélectionner"))
    with hand.page.expect_download() as download:
        hand.press("Imprimer les lettres")
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF")


def write_to_a_class(hand: Hand) -> None:
    hand.press("Écrire aux familles")
    hand.tick(IN_FRENCH[TargetKind.SCHOOL])
    hand.tick(A_CLASS)
    hand.page.get_by_label("Objet").fill("Sortie au musée")
    hand.page.get_by_label("Texte").fill("Jeudi 10 décembre, toute la journée.")
    hand.press("Relire")
    hand.press("Envoyer")
    expect(hand.page.locator("main")).to_contain_text("Visible dans 10")


def publish_a_document_to_all(hand: Hand) -> None:
    hand.press("Publier un document")
    hand.page.get_by_label("Fichier").set_input_files(A_DOCUMENT)
    hand.page.get_by_label("Titre").fill("Les menus de décembre")
    hand.page.get_by_label("Rubrique").fill("Menus")
    hand.press("Publier")
    expect(hand.page.locator("main")).to_contain_text("Les menus de décembre")


TABLE: dict[str, tuple[Act, int]] = {
    "who is calling": (who_is_calling, 1),
    "why no mail": (why_no_mail, 1),
    "send the access again": (send_the_access_again, 2),
    "remind those who never came": (remind_those_who_never_came, 2),
    "letters without address": (print_letters_to_those_without_address, 2),
    "correct the address and send": (correct_the_address_and_send, 2),
    "see what she sees": (see_what_she_sees, 3),
    "answer a question": (answer_a_question, 2),
    "accept a photo": (accept_a_photo, 2),
    "publish a document to all": (publish_a_document_to_all, 2),
    "message to a class": (write_to_a_class, 3),
    "the month's import": (import_the_month, 2),
}


# To which kind of families, then to which class; to all that are found.
TICKS = {"message to a class": 2, "letters without address": 1}


@pytest.fixture(params=[True, False], ids=["", "without JavaScript"])
def desk(request: pytest.FixtureRequest) -> Device:
    """A secretary's screen."""
    return DESK, request.param


@pytest.fixture
def town_hall(demonstrated: Path, tmp_path: Path) -> Iterator[Portal]:
    """The demonstration town, where much is to be done."""
    instance = tmp_path / "instance"
    shutil.copytree(demonstrated, instance)
    with portal(instance) as running:
        yield running


def test_each_act_takes_as_few_clicks_as_the_table_says(
    chromium: Chromium, town_hall: Portal, desk: Device
) -> None:
    with open_window(desk, chromium, town_hall) as page:
        come_in(page, town_hall)
        taken, ticks = {}, {}
        for name, (act, _) in TABLE.items():
            hand = Hand(page, town_hall)
            act(hand)
            taken[name] = hand.clicks
            ticks[name] = hand.ticks
    assert taken == {name: clicks for name, (_, clicks) in TABLE.items()}
    assert ticks == {name: TICKS.get(name, 0) for name in TABLE}


def test_spare_codes_are_printed_by_a_button(chromium: Chromium, town_hall: Portal) -> None:
    """Where a script can press it for them; the page says to print it all the same."""
    with open_window((DESK, True), chromium, town_hall) as page:
        come_in(page, town_hall)
        page.goto("/mairie/codes-de-secours")
        page.evaluate("window.print = () => { document.title = 'printed'; }")
        page.get_by_role("button", name="Imprimer").click()
        expect(page).to_have_title("printed")


def test_keys_act_by_themselves_but_where_somebody_types(
    chromium: Chromium, town_hall: Portal
) -> None:
    """To the search, through the queue; nothing once they are switched off."""
    with open_window((DESK, True), chromium, town_hall) as page:
        come_in(page, town_hall)
        expect(page.locator("h1")).to_have_text("À faire aujourd’hui")
        field, keys = page.get_by_label("Chercher une famille"), page.keyboard
        # Loaded whole: the keys are there from then on.
        page.goto("/mairie/familles")
        keys.press("/")
        expect(field).to_be_focused()
        keys.type("j/k")
        expect(field).to_have_value("j/k")
        page.goto("/mairie/demandes")
        requests = page.locator("tbody th a")
        for key, place in (("k", 0), ("j", 1), ("j", 2), ("k", 1), ("k", 0)):
            keys.press(key)
            expect(requests.nth(place)).to_be_focused()
        first = page.url
        keys.press("Enter")
        text = page.get_by_label("Votre texte")
        expect(text).to_be_visible()
        page.reload()
        opened = page.url
        assert opened != first
        text.press_sequentially("jk")
        expect(text).to_have_value("jk")
        text.fill("")
        text.blur()
        keys.press("j")
        page.wait_for_url(lambda url: url != opened)
        keys.press("k")
        page.wait_for_url(opened)
        page.goto("/mairie/mon-compte")
        page.get_by_role("button", name="Les désactiver").click()
        expect(page.locator("main")).to_contain_text("Les raccourcis clavier sont désactivés.")
        keys.press("/")
        expect(field).not_to_be_focused()
        expect(page.locator("script[src*='mairie.js']")).to_have_count(0)


def come_in(page: Page, town_hall: Portal) -> None:
    """Sign in, with a code that comes by mail."""
    page.goto("/mairie/connexion")
    page.get_by_label("Adresse de courriel").fill(clerk.EMAIL)
    page.get_by_label("Mot de passe", exact=True).fill(clerk.PASSWORD)
    page.get_by_role("button", name="Continuer").click()
    code = words_of(town_hall.mail_to(clerk.EMAIL), CODE)
    page.get_by_label("Code", exact=True).fill(code)
    page.get_by_role("button", name="Valider").click()
