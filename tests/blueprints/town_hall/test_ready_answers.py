"""Answers that are ready, at the town hall."""

from flask import Flask

from app.models import RequestState
from tests.blueprints.town_hall.conftest import ask, opened, state
from tests.support.browser import Browser
from tests.support.people import People


def test_a_ready_answer_is_read_before_it_leaves(
    app: Flask, people: People, nadia: Browser
) -> None:
    """Put below what is typed; what the request does not say is to be replaced."""
    number = ask(app, people, "canteen", details={})
    page = opened(nadia, number).fill({"Votre texte": "Chère Madame,"})
    page = page.fill({"Modèle": "Inscription à la cantine faite"})
    page = page.submit("Mettre dans le texte", _refused=200)
    assert state(app, number) is RequestState.SENT
    text = page.value("Votre texte")
    assert text.split() == [
        "Chère", "Madame,", "Bonjour,", "L’inscription", "de", "{enfant}", "à", "la",
        "cantine", "est", "faite,", "aux", "jours", "demandés.",
    ]  # fmt: skip
    page = page.submit("Accepter", _refused=200)
    assert page.errors == ["Remplacez {enfant} dans votre texte : la demande ne le dit pas."]
    assert state(app, number) is RequestState.SENT
    page.fill({"Votre texte": text.replace("{enfant}", "vos enfants")}).submit("Accepter")
    assert state(app, number) is RequestState.ACCEPTED


def test_nadia_changes_the_ready_answers(nadia: Browser) -> None:
    """The portal's become the town's; one that is removed by mistake is put back."""
    page = nadia.get("town_hall.requests").link("Modèles de réponse").click()
    page = page.submit("Reprendre ces modèles")
    page = page.link("Attestation jointe").click()
    page = page.fill({"Nom du modèle": ""}).submit("Enregistrer", _refused=200)
    assert page.errors == ["Donnez un nom au modèle."]
    page = page.fill({"Nom du modèle": "Attestation en ligne"}).submit("Enregistrer")
    page = page.link("Attestation en ligne").click().submit("Supprimer ce modèle")
    assert page.value("Nom du modèle") == "Attestation en ligne"
    assert page.value("Pour quelles demandes") == "attestation"
    page.submit("Enregistrer").link("Attestation en ligne").click()
