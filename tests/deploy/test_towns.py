"""The towns of a department, served by one process as docs/plusieurs-communes.md says."""

from tests.deploy.department import HOME, NAMES, ask, connected
from tests.deploy.machine import Machine
from tests.support.visitors import Visitor


def test_each_name_leads_to_its_town(department: Machine) -> None:
    """And to no other; a name of nobody names nobody."""
    for town, name in NAMES.items():
        with connected(department, town) as connection:
            answer = ask(connection, "/connexion")
            assert answer.status == 200
            assert {each for each in NAMES.values() if each in answer.text} == {name}
            assert ask(connection, "/sante/pret").status == 200
    with connected(department, "nowhere") as connection:
        answer = ask(connection, "/connexion")
    assert answer.status == 421
    assert not any(each in answer.text for each in NAMES.values())


def test_a_parent_s_file_is_handed_over_by_nginx(
    department: Machine, families: tuple[Visitor, Visitor]
) -> None:
    """From the folder of their town; the same cookie in another town opens nothing."""
    claire, _ = families
    path = f"/documents/{claire.has.ids['document']}"
    with connected(department, HOME) as connection:
        answer = ask(connection, path, claire)
        assert (answer.status, answer.body[:4]) == (200, b"%PDF")
        # nginx tells of a date; the portal does not.
        assert answer.headers["Last-Modified"]
        assert ask(connection, f"/prive/{HOME}{path}", claire).status == 404
    with connected(department, "saint-exemple") as connection:
        assert ask(connection, path, claire).status == 302
