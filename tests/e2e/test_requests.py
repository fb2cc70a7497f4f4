"""« Liste des demandes » in a real browser: ask, check, send, complete, take back."""

import re
from datetime import timedelta

from playwright.sync_api import FilePayload, Page, expect

from app.calendar import working_days
from app.formats import day_in_full, today
from tests.e2e.conftest import follow_menu, on_every_device, whole
from tests.e2e.live import Portal

MAILBOX = "pays.zest@exemple.fr"
MISSING = "La fiche sanitaire, remplie et signée."
PAPER = FilePayload(
    name="fiche sanitaire.pdf", mimeType="application/pdf", buffer=b"%PDF-1.7\nhello\n%%EOF"
)
HEIC = FilePayload(
    name="IMG_2041.HEIC", mimeType="image/heic", buffer=b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"
)
CANTEEN_DAYS = 5


@on_every_device
def test_a_parent_asks_for_the_canteen_and_is_answered(parent: Page, live: Portal) -> None:
    """The midday garderie is said before sending; a piece is missing, comes, and all is well."""
    fill_in(parent, "Inscrire à la cantine", "Lundi", "Jeudi")
    expect(parent.locator("h1")).to_have_text("Vérifiez vos réponses")
    for words in ("PAYS ZEST", "lundi, jeudi", "Pause méridienne comprise, les mêmes jours"):
        expect(parent.locator("main")).to_contain_text(words)
    parent.get_by_role("button", name="Envoyer ma demande").click()
    main = parent.locator("main")
    expect(main).to_contain_text("Votre demande est envoyée.")
    number = number_of(parent)
    promised = day_in_full(working_days.after(today(), CANTEEN_DAYS))
    expect(main).to_contain_text(f"La mairie vous répondra au plus tard le {promised}.")
    receipt = live.mail_to(MAILBOX)
    assert receipt["Subject"] == f"Nous avons reçu votre demande n°\u00a0{number}"

    live.flask("demandes", "ask", number, MISSING)
    parent.reload()
    expect(main).to_contain_text("Pièce manquante")
    expect(main.locator("strong", has_text=MISSING)).to_be_visible()
    parent.get_by_label("Pièces à ajouter").set_input_files(PAPER)
    parent.get_by_role("button", name="Ajouter une pièce").click()
    expect(main).to_contain_text("Votre pièce est ajoutée à la demande.")
    expect(parent.get_by_role("link", name="fiche sanitaire")).to_be_visible()
    assert f"pièce reçue le {today():%d/%m/%Y}" in live.flask("demandes", "list")

    live.flask("demandes", "accept", number, "PAYS est inscrit.")
    parent.reload()
    expect(main.locator(".answer")).to_contain_text("Acceptée")
    expect(main.locator(".answer")).to_contain_text("PAYS est inscrit.")
    assert history(parent) == [
        "Demande envoyée, par PAYS ZEST",
        "Pièce demandée, par la mairie",
        "Pièce ajoutée, par PAYS ZEST",
        "Demande acceptée, par la mairie",
    ]


def test_a_parent_presses_twice_then_changes_her_mind(parent: Page, live: Portal) -> None:
    """One request left, whatever the hurry; she takes it back, and nobody handles it."""
    fill_in(parent, "Inscrire à la garderie", "Mardi", "Le soir")
    parent.get_by_role("button", name="Envoyer ma demande").dblclick()
    expect(parent.locator("main .answer")).to_contain_text("Envoyée")
    number = number_of(parent)
    follow_menu(parent, "Liste des demandes")
    expect(parent.locator("main .rows li")).to_have_count(1)
    parent.get_by_role("link", name="Inscrire à la garderie, PAYS").click()
    parent.get_by_role("link", name="Retirer ma demande").click()
    expect(parent.locator("h1")).to_have_text("Retirer ma demande")
    parent.get_by_role("button", name="Oui, la retirer").click()
    expect(parent.locator("main")).to_contain_text("Votre demande est retirée.")
    assert history(parent) == ["Demande envoyée, par PAYS ZEST", "Demande retirée, par PAYS ZEST"]
    assert live.flask("demandes", "list") == "Aucune demande.\n"
    assert "Retirée" in live.flask("demandes", "show", number)


def test_a_photo_of_an_iphone_is_refused_with_what_to_do(parent: Page, live: Portal) -> None:
    """What is taken is said before choosing; nothing has left."""
    fill_in(parent, "Proposer une photo")
    expect(parent.locator("main")).to_contain_text("JPEG ou PNG, de 8\u00a0Mo au plus.")
    parent.get_by_label("La photo").set_input_files(HEIC)
    parent.get_by_role("button", name="Envoyer ma demande").click()
    summary = parent.locator(".error-summary")
    expect(summary).to_contain_text("«\u00a0IMG_2041.HEIC\u00a0» est une photo HEIC")
    expect(summary).to_contain_text("Envoyez une capture d’écran de la photo.")
    expect(summary).to_be_focused()
    assert live.flask("demandes", "list") == "Aucune demande.\n"


def fill_in(page: Page, kind: str, *ticked: str) -> None:
    """Choose a kind, answer its form from next Monday on, and get to the check."""
    follow_menu(page, "Liste des demandes")
    page.get_by_role("link", name="Nouvelle demande").click()
    page.get_by_role("link", name=kind, exact=True).click()
    expect(page.locator("h1")).to_have_text(kind)
    expect(page.get_by_label("PAYS ZEST")).to_be_checked()
    for label in ticked:
        page.get_by_label(label, exact=True).check()
    if ticked:
        now = today()
        monday = now + timedelta(days=7 - now.weekday())
        page.get_by_label("À partir du").fill(monday.isoformat())
    page.get_by_role("button", name="Continuer").click()


def number_of(page: Page) -> str:
    """Read the number of the request that is shown."""
    found = re.search(r"Demande n°\s(\d+), envoyée le", page.locator("main").inner_text())
    assert found is not None
    return found[1]


def history(page: Page) -> list[str]:
    """Read what happened and who did it, each line dated of today."""
    lines = []
    for row in whole(page).locator("section[aria-labelledby=historique] li").all():
        what, when = row.locator("strong").inner_text(), row.locator(".detail").inner_text()
        date, _, who = when.partition(", par ")
        assert re.fullmatch(rf"{day_in_full(today())} à \d+\sh(\s\d+)?", date), date
        lines.append(f"{what}, par {who}")
    return lines
