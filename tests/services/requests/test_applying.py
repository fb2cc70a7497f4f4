"""What accepting changes: a parent proposes a photo, the town hall accepts it, files come after."""

from collections.abc import Mapping
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from PIL import Image
from sqlalchemy import select

from app import db
from app.models import Account, Guardian
from app.services.profile import details
from app.services.refusals import Refusal
from app.services.requests import acting, desk, listing
from tests.blueprints.family.test_requests import send_files
from tests.services.files.test_uploads import as_a_phone_writes_it, picture
from tests.services.importing.town import PNG, encoded
from tests.services.requests.conftest import signed_in
from tests.support.browser import Browser
from tests.support.people import TOWN_HALL, People, Person, public_id

ZEST = {"id": "3816231", "nomResp1": "ZEST", "prenomResp1": "PAYS"}
CHILD = {"Id": "e1", "nom": "ZEST", "prenom": "PAYS"}


def propose(app: Flask, person: Person, child: str, content: bytes) -> tuple[Browser, str]:
    """Somebody proposes a photo from the child's page; return them, and the request's number."""
    parent = Browser(app)
    parent.sign_in(person)
    page = parent.get("family.child", public_id=child).link("Proposer une photo").click()
    page = page.submit("Continuer", _refused=200)
    sent = {"child": child, "step": "send"}
    answer = send_files(parent, page, "/demandes/nouvelle/photo", (content, "IMG_1.jpg"), **sent)
    page = parent.visit(answer.request.path)
    return parent, page.title.split("n° ")[1].split()[0]


def accept(app: Flask, number: str) -> Result:
    """The town hall accepts."""
    return app.test_cli_runner().invoke(args=["demandes", "accept", number])


def hand_over(
    app: Flask, folder: Path, child: dict[str, str], photos: Mapping[str, bytes]
) -> Result:
    """The files of the town's software come again."""
    (folder / "photos").mkdir(parents=True)
    (folder / "famille.csv").write_bytes(encoded([ZEST]))
    (folder / "enfant.csv").write_bytes(encoded([child]))
    for name, content in photos.items():
        (folder / "photos" / name).write_bytes(content)
    return app.test_cli_runner().invoke(args=["import", str(folder)])


def shown(browser: Browser, child: str) -> bytes | None:
    """Return the photo on the child's card, None where the initials stand for it."""
    image = browser.get("family.children").soup.select_one("img.photo")
    if image is None:
        return None
    assert image["src"] == browser.address("family.child_photo", public_id=child)
    answer = browser.fetch(str(image["src"]))
    assert answer.headers["Cache-Control"] == "no-store"
    return bytes(answer.data)


def test_a_photo_that_is_accepted_is_on_the_child_s_card(app: Flask, people: People) -> None:
    """Small, upright, without what the phone wrote; at an address that is the family's alone."""
    child = public_id("e1")
    parent, number = propose(app, people.zest, child, as_a_phone_writes_it())
    assert shown(parent, child) is None
    result = accept(app, number)
    assert result.exit_code == 0, result.output
    assert "La photo de l’enfant est changée dans le portail." in result.output
    photo = shown(parent, child)
    assert photo is not None
    image = Image.open(BytesIO(photo))
    assert (image.format, image.size) == ("JPEG", (20, 40))
    assert dict(image.getexif()) == {}
    for word in (b"ZEST", b"chez nous"):
        assert word not in photo
    stranger = Browser(app)
    stranger.sign_in(people.moreau)
    address = parent.address("family.child_photo", public_id=child)
    assert stranger.fetch(address).status_code == 404
    assert Browser(app).fetch(address).status_code == 302


def test_a_photo_is_kept_at_the_size_of_a_portrait(app: Flask, people: People) -> None:
    """Both of Jules's homes see it: it is the child's."""
    child = public_id("e5")
    claire, number = propose(app, people.claire, child, picture(size=(3000, 1500)))
    assert accept(app, number).exit_code == 0
    marc = Browser(app)
    marc.sign_in(people.marc)
    for parent in (claire, marc):
        photo = shown(parent, child)
        assert photo is not None
        assert Image.open(BytesIO(photo)).size == (400, 200)


@pytest.mark.parametrize(
    ("cell", "kept"), [(None, "accepted"), ("", "accepted"), ("pays.png", "imported")]
)
def test_a_photo_stays_until_the_files_have_another(
    app: Flask, people: People, tmp_path: Path, cell: str | None, kept: str
) -> None:
    """The town's software may keep no photo at all; one that it has got meanwhile is newer.

    The clerk is told so when accepting, and where the picture is for the town's software.
    """
    child = public_id("e1")
    parent, number = propose(app, people.zest, child, picture())
    told = accept(app, number).output
    assert "flask reporting" in told
    path = Path(told.splitlines()[-1].strip())
    photo = path.read_bytes()
    assert shown(parent, child) == photo
    row = CHILD if cell is None else CHILD | {"photo": cell}
    result = hand_over(app, tmp_path / "files", row, {"pays.png": PNG})
    assert result.exit_code == 0, result.output
    assert ("photo, remplacée" in result.output) is (kept == "imported")
    assert shown(parent, child) == {"accepted": photo, "imported": PNG}[kept]


def test_the_same_photo_in_the_files_is_reported(
    app: Flask, people: People, tmp_path: Path
) -> None:
    """The clerk put the picture into the town's software, as `flask reporting` asked."""
    parent, number = propose(app, people.zest, public_id("e1"), picture())
    path = Path(accept(app, number).output.splitlines()[-1].strip())
    listed = app.test_cli_runner().invoke(args=["reporting"]).output
    for words in (
        "3816231",
        "PAYS ZEST",
        "Photo",
        "(rien)",
        str(path),
        f"demande n°\u00a0{number}",
    ):
        assert words in listed
    row = CHILD | {"photo": "pays.jpg"}
    result = hand_over(app, tmp_path / "files", row, {"pays.jpg": path.read_bytes()})
    assert result.exit_code == 0, result.output
    assert shown(parent, public_id("e1")) == path.read_bytes()
    listed = app.test_cli_runner().invoke(args=["reporting"]).output
    assert "Rien à reporter" in listed


def test_a_photo_that_is_lost_or_spoilt_is_told(app: Flask, people: People) -> None:
    """The clerk reads why, and the request still waits."""
    _, number = propose(app, people.zest, public_id("e1"), picture())
    [file] = (Path(app.instance_path) / "requests").iterdir()
    file.write_bytes(b"\xff\xd8\xff")
    spoilt = accept(app, number)
    file.unlink()
    lost = accept(app, number)
    for result, told in ((spoilt, "la photo jointe est abîmée"), (lost, "aucune photo")):
        assert result.exit_code == 1
        assert f"Rien n’a changé\u00a0: {told}" in result.stderr
    listed = app.test_cli_runner().invoke(args=["demandes", "list"]).output
    assert "Proposer une photo" in listed


def change(person: Person, key: str, **typed: str) -> int:
    """Somebody asks for other details in « Mon compte »; return the number of the request."""
    account = signed_in(person)
    assert details.ask(account, typed, key * 32)
    return max(line.number for line in listing.listed(account, "").items)


def held(person: Person) -> Mapping[str, str]:
    """Read what the town holds of somebody."""
    found = select(Guardian).join(Account).where(Account.identifier == person.identifier)
    guardian = db.session().scalars(found).one()
    db.session().refresh(guardian)
    db.session().refresh(guardian.family)
    return {"mobile": guardian.mobile, "phone": guardian.phone, "city": guardian.family.city}


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize("in_order", [True, False])
def test_the_last_wish_counts_in_whatever_order_it_is_accepted(
    people: People, in_order: bool
) -> None:
    """Two phones, then another mobile; the clerk may take the second request first."""
    first = change(people.zest, "a", mobile="06 39 98 00 01", phone="04 65 71 00 01")
    second = change(people.zest, "b", mobile="06 39 98 00 02")
    numbers = (first, second) if in_order else (second, first)
    told = [desk.accept(number, "", TOWN_HALL).left for number in numbers]
    assert held(people.zest) == {
        "mobile": "06 39 98 00 02",
        "phone": "04 65 71 00 01",
        "city": "Saint-Exemple",
    }
    assert (f"voyez la demande n°\u00a0{second}" in told[1].words) is not in_order


@pytest.mark.usefixtures("inside")
def test_a_change_and_back_again(people: People) -> None:
    """She moves, then does not; nothing is left of it, even when the first is accepted last."""
    before = held(people.zest)
    first = change(people.zest, "a", city="Crolles")
    second = change(people.zest, "b", city=before["city"])
    for number in (second, first):
        desk.accept(number, "", TOWN_HALL)
    assert held(people.zest) == before


@pytest.mark.usefixtures("inside")
def test_two_guardians_have_one_address_and_each_their_phones(people: People) -> None:
    """The later address is the family's; a phone is of whoever asked."""
    first = change(people.ines, "a", city="Crolles", mobile="06 39 98 00 01")
    second = change(people.karim, "b", city="Domène", mobile="06 39 98 00 02")
    for number in (second, first):
        desk.accept(number, "", TOWN_HALL)
    assert held(people.ines)["mobile"] == "06 39 98 00 01"
    assert held(people.karim)["mobile"] == "06 39 98 00 02"
    assert held(people.ines)["city"] == "Domène"


@pytest.mark.usefixtures("inside")
def test_a_change_that_was_taken_back_is_not_applied(people: People) -> None:
    """The clerk reads why."""
    before = held(people.zest)
    number = change(people.zest, "a", city="Crolles")
    zest = signed_in(people.zest)
    acting.withdraw(zest, listing.listed(zest, "").items[0].public_id)
    with pytest.raises(Refusal, match="déjà «\u00a0retirée\u00a0»"):
        desk.accept(number, "", TOWN_HALL)
    assert held(people.zest) == before
