"""`flask adresse`, on the phone with a parent."""

from flask import Flask

from tests.support.people import People


def test_a_clerk_corrects_an_address(app: Flask, people: People) -> None:
    """What follows is said; what is refused says why, with a status that says so too."""
    runner = app.test_cli_runner()
    words = ["adresse", people.zest.identifier, "pays@retrouvee.exemple.fr"]
    done = runner.invoke(args=words)
    assert done.exit_code == 0, done.output
    for said in (
        "PAYS ZEST recevra ses courriels à pays@retrouvee.exemple.fr.",
        f"L’ancienne adresse ({people.zest.email}) est prévenue",
        "flask reporting",
        f"flask credentials send {people.zest.identifier}",
    ):
        assert said in done.output
    again = runner.invoke(args=words)
    assert again.exit_code == 1
    assert again.stderr == "Rien n’a changé\u00a0: c’est déjà l’adresse de PAYS ZEST.\n"
    listed = runner.invoke(args=["reporting"]).output
    assert f"{people.zest.email}  pays@retrouvee.exemple.fr" in listed
