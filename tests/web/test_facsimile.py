"""A screen shown inside another one can be looked at, and nothing else."""

from bs4 import BeautifulSoup

from app.web.facsimile import facsimile

PAGE = """<!doctype html><html lang="fr"><body><h1>Dehors</h1>
<main id="contenu" class="wrap page" tabindex="-1">
  <h1>Accès &amp; famille</h1>
  <form method="post" action="/connexion"><input type="hidden" name="csrf_token" value="secret">
    <label for="identifier">Identifiant</label>
    <input id="identifier" name="identifier" class="short" value="&lt;38&gt;" autofocus required>
    <button type="submit" class="button">Connexion</button>
    <button hidden>Afficher <span>le mot</span></button>
    <span class="visually-hidden">Erreur <b>cachée</b></span>
  </form>
  <p>Voir <a href="/guide" onclick="x()">le guide</a><br>
  <svg viewBox="0 0 24 24"><path d="M1 1"/></svg></p>
  <table><tr><th scope="row" aria-label="n">59</th><td data-label="Montant">1 €</td></tr></table>
</main><footer>Dehors aussi</footer></body></html>"""


def test_only_what_is_seen_is_kept() -> None:
    copied = str(facsimile(PAGE))
    soup = BeautifulSoup(copied, "html5lib")
    assert soup.body is not None
    text = " ".join(soup.body.get_text(" ").split())
    assert text == "Accès & famille Identifiant <38> Connexion Voir le guide 59 1 €"
    assert "secret" not in copied


def test_nothing_acts_nor_is_named() -> None:
    soup = BeautifulSoup(str(facsimile(PAGE)), "html5lib")
    assert soup.body is not None
    assert not soup.select("main, form, input, button, a, label, h1, script")
    attributes = {name for tag in soup.body.find_all(True) for name in tag.attrs}
    assert {name.lower() for name in attributes} == {"class", "viewbox", "d", "scope", "data-label"}


def test_what_acts_is_drawn_by_a_class_of_its_name() -> None:
    soup = BeautifulSoup(str(facsimile(PAGE)), "html5lib")
    drawn = {selector: len(soup.select(selector)) for selector in (
        "p.h1", "span.label", "span.input.short", "span.button", "span.a", "div.wrap.page",
    )}  # fmt: skip
    assert set(drawn.values()) == {1}


def test_a_page_without_the_element_gives_nothing() -> None:
    assert facsimile("<p>Rien</p>") == ""


def test_a_box_is_drawn_ticked_or_not() -> None:
    boxes = '<main><input type="checkbox" value="a.b" checked><input type="checkbox"></main>'
    assert facsimile(boxes) == '<div><span class="tick">✓</span><span class="tick"></span></div>'
