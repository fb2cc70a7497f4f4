"""The house keeps its shape: small files with a home, templates that serve, closed doors."""

import re
import subprocess
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import meta
from werkzeug.routing import IntegerConverter, Rule

from tests.conftest import ON_ONE_DATABASE
from tests.support.browser import Browser
from tests.support.databases import every_row
from tests.support.people import People, public_id

ROOT = Path(__file__).parent.parent
MOST_LINES = 300
# Migrations are never edited again; a second stylesheet would be one more file at each first visit.
LONGER = re.compile(r"migrations/versions/|app/static/portail\.css")
MOST_LINES_OF_THE_LONGER = 400
# Paragraphs are added to them, never changed.
ENDLESS = {"docs/decisions.md", "CHANGELOG.md"}
HOMELESS = re.compile(r"(^|/|_)(utils?|helpers?|commons?|misc|tools?)(\.py|/)")
TEMPLATE_NAME = re.compile(r"""f?["']([\w{][\w/{}.-]*\.(?:html|txt)|mail/\{kind\}/\{name\})["']""")

# The only list of pages that anybody may open. Adding one is a decision.
PUBLIC_ENDPOINTS = {
    "auth.choose_password",  # opens with a ticket only
    "auth.forgotten_password",
    "auth.forgotten_password_sent",
    "auth.guide",
    "auth.guide_pdf",
    "auth.password_link",
    "auth.sign_in",
    "family.confirm_email",  # the link of a mail: works signed in or not
    "family.feed",  # the secret address of a calendar: for a program, without a session
    "family.quiet_week",  # the link of a reminder: works signed in or not
    "family.stop_mails",  # the link beside a mail of news: works signed in or not
    "site.accessibility",
    "site.check_in",  # the link of a tablet: of one service, for one day
    "site.crest",
    "site.health",
    "site.index",
    "site.legal_notice",
    "site.live",
    "site.manifest",
    "site.personal_data",
    "site.ready",
    "site.robots",
    "site.security_text",
    "site.site_map",
    "site.source",
    "site.source_archive",
    "site.sitemap",
    "static",
    "town_hall.choose_mail",  # opens with a ticket only
    "town_hall.code",  # opens with a ticket only
    "town_hall.forgotten_password",
    "town_hall.forgotten_password_sent",
    "town_hall.invitation",  # the link of a mail
    "town_hall.new_password",  # the link of a mail
    "town_hall.second_factor",  # opens with a ticket only
    "town_hall.send_code_again",  # opens with a ticket only
    "town_hall.sign_in",
    "town_hall.stop_own_mails",  # the link beside a mail of news: works signed in or not
}


def our_files() -> list[Path]:
    """Every text file of the repository that a person wrote."""
    names = subprocess.run(
        ["git", "ls-files", "*.py", "*.html", "*.txt", "*.css", "*.js", "*.md", "Makefile"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout.split()  # fmt: skip
    written_by_machines = re.compile(r"requirements.*\.txt|/common_passwords/")
    return [ROOT / name for name in names if not written_by_machines.search(name)]


def rules(app: Flask) -> list[Rule]:
    return list(app.url_map.iter_rules())


def sample_path(app: Flask, rule: Rule) -> str:
    """An address that matches the rule, of something that does not exist."""
    values = {
        name: "999999" if isinstance(kind, IntegerConverter) else "0123456789abcdef"
        for name, kind in rule._converters.items()
    }
    return app.url_map.bind("localhost").build(rule.endpoint, values)


def test_no_file_escapes() -> None:
    for path in our_files():
        name, lines = str(path.relative_to(ROOT)), path.read_text("utf-8").count("\n")
        most = MOST_LINES_OF_THE_LONGER if LONGER.search(name) else MOST_LINES
        assert lines <= most or name in ENDLESS, f"{name} has {lines} lines"


def test_no_half_of_a_merge_is_left() -> None:
    """Two lines that met were both read, and one was written."""
    left = re.compile(r"^(<{7} |={7}$|>{7} )", re.MULTILINE)
    assert [path.name for path in our_files() if left.search(path.read_text("utf-8"))] == []


def test_no_module_is_a_drawer() -> None:
    """What is called utils has not been named yet."""
    names = [str(path.relative_to(ROOT)) for path in our_files()]
    assert [name for name in names if HOMELESS.search(name)] == []


def test_every_template_serves(app: Flask) -> None:
    """Each template is rendered by a view or drawn in by another template."""
    folder = ROOT / "app" / "templates"
    loaded: set[str] = set()
    for path in folder.rglob("*.*"):
        tree = app.jinja_env.parse(path.read_text("utf-8"))
        loaded |= {name for name in meta.find_referenced_templates(tree) if name}
    for path in (ROOT / "app").rglob("*.py"):
        loaded |= set(TEMPLATE_NAME.findall(path.read_text("utf-8")))
    unused = {
        name
        for name in (str(path.relative_to(folder)) for path in folder.rglob("*.*"))
        if not any(_names(written, name) for written in loaded)
    }
    assert unused == set()


def _names(written: str, template: str) -> bool:
    # f"mail/{kind}/body.html" names the body of every mail.
    pattern = re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(written))
    return re.fullmatch(pattern, template) is not None


def test_every_template_exists(app: Flask) -> None:
    for path in (ROOT / "app" / "blueprints").rglob("*.py"):
        for name in TEMPLATE_NAME.findall(path.read_text("utf-8")):
            app.jinja_env.get_template(name)


def test_only_the_list_is_public(app: Flask) -> None:
    """Deny by default: a page that nobody thought about asks who you are."""
    found = {rule.endpoint for rule in rules(app)}
    assert found >= PUBLIC_ENDPOINTS, "the list names pages that are gone"
    stranger = Browser(app)
    for rule in rules(app):
        if rule.endpoint in PUBLIC_ENDPOINTS:
            continue
        for method in rule.methods or ():
            answer = stranger.fetch(sample_path(app, rule), method)
            assert answer.status_code == 302, f"{method} {rule} answers {answer.status}"
            town_hall = rule.endpoint.startswith("town_hall.")
            door = "/mairie/connexion" if town_hall else "/connexion"
            assert answer.location.partition("?")[0] == door, f"{method} {rule}"


def test_what_is_public_answers_anybody(app: Flask) -> None:
    stranger = Browser(app)
    for rule in rules(app):
        opens = "GET" in (rule.methods or ())
        if opens and rule.endpoint in PUBLIC_ENDPOINTS - {"static", "site.crest", "family.feed"}:
            answer = stranger.fetch(sample_path(app, rule))
            assert answer.status_code in {200, 302}, f"{rule} answers {answer.status}"
            assert "next=" not in (answer.location or ""), f"{rule} asks to sign in"


def test_nothing_is_done_without_a_token(app: Flask, people: People) -> None:
    """A form of another site posts as a signed-in parent: nothing happens, anywhere."""
    parent = Browser(app)
    parent.sign_in(people.zest)
    posts = [rule for rule in rules(app) if "POST" in (rule.methods or ())]
    assert posts
    for rule in posts:
        before = every_row(app)
        for data in ({}, {"csrf_token": "forged"}):
            form = {
                "identifier": people.moreau.identifier,
                "password": people.moreau.password or "",
                "current_password": people.zest.password or "",
                "new_password": "Nuage4812x",
                "confirmation": "Nuage4812x",
            }
            answer = parent.fetch(sample_path(app, rule), "POST", form | data)
            assert answer.status_code < 500, f"{rule} answers {answer.status}"
        assert every_row(app) == before, f"{rule} did something"
        parent.get("family.home")


def test_pages_of_a_family_are_kept_by_no_cache(app: Flask, people: People) -> None:
    parent = Browser(app)
    parent.sign_in(people.zest)
    for rule in rules(app):
        if rule.endpoint not in PUBLIC_ENDPOINTS and "GET" in (rule.methods or ()):
            answer = parent.fetch(sample_path(app, rule))
            assert answer.headers["Cache-Control"] == "no-store", f"{rule}"


def test_static_files_are_kept_for_ever_and_know_nobody(app: Flask, people: People) -> None:
    parent = Browser(app)
    home = parent.sign_in(people.zest)
    files = [str(tag["href"]) for tag in home.soup.select("link[rel=stylesheet]")]
    files += [str(tag["src"]) for tag in home.soup.select("script, img[src^='/static']")]
    assert files
    for path in files:
        answer = parent.fetch(path)
        assert "immutable" in answer.headers["Cache-Control"], path
        assert "max-age=31536000" in answer.headers["Cache-Control"], path
        assert "Set-Cookie" not in answer.headers, path
        assert "Cookie" not in answer.headers.get("Vary", ""), path


def test_another_version_of_a_static_file_is_not_kept(app: Flask) -> None:
    answer = Browser(app).fetch("/static/portail.css?v=0123456789ab")
    assert answer.status_code == 200
    assert "immutable" not in answer.headers["Cache-Control"]


def test_a_missing_static_file_may_appear_later(app: Flask) -> None:
    answer = Browser(app).fetch("/static/later.css?v=0123456789ab")
    assert (answer.status_code, answer.headers["Cache-Control"]) == (404, "no-store")


def test_a_family_s_files_are_kept_by_no_cache(app: Flask, people: People) -> None:
    folder = Path(app.instance_path) / "documents"
    folder.mkdir(parents=True)
    (folder / "d1.pdf").write_bytes(b"%PDF-1.4")
    parent = Browser(app)
    parent.sign_in(people.zest)
    answer = parent.fetch(parent.address("family.document", public_id=public_id("d1")))
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")


@pytest.mark.parametrize("path", sorted(Path(ROOT, "app").rglob("__init__.py"), key=str))
def test_packages_say_what_they_are(path: Path) -> None:
    assert path.read_text("utf-8").startswith('"""'), f"{path} has no docstring"


def test_what_runs_on_one_database_is_there() -> None:
    """A folder that moved would cost PostgreSQL all of its tests again, and nobody would see it."""
    assert [place for place in ON_ONE_DATABASE if not place.exists()] == []
