"""What is written down is true: settings, commands, files that documents name."""

import re
from collections.abc import Iterator
from dataclasses import fields
from datetime import date
from pathlib import Path

import click
import pytest
from flask import Flask

import config
from app.cli.towns import OF_MANY
from app.version import VERSION
from tests.support.page_checks.language import ENGLISH, typography_faults

ROOT = Path(__file__).parent.parent
ROW = re.compile(r"^\| `PORTAIL_(\w+)` \| (.*?) \| (.*?) \| (.+) \|$", re.MULTILINE)
DOCUMENTS = sorted(ROOT.glob("*.md")) + sorted(ROOT.glob("docs/*.md"))
# Filled in from other settings when the process starts: the page says it in words.
IN_WORDS = {"env", "instance", "database_url", "mail_dir", "secret_key", "public_url"}
# Those that a town's own backend declares have names of its own.
SETTINGS = {field.name for field in fields(config.Settings)} - {"own_settings"}
LOCAL_LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")
MAKE = re.compile(r"`(?:\$ )?make ([a-z]+)|^    (?:\$ )?make ([a-z]+)", re.MULTILINE)
FLASK = re.compile(r"(?:`|^ {4}|\$ |bin/)flask ([a-z][a-z-]*(?: [a-z]+)?)", re.MULTILINE)
# Before any command, for one of many towns or for all.
FOR_TOWNS = re.compile(r"flask (town [\w-]+|all-towns) (?=[a-z])")
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
PART = re.compile(r"^### (.+)$((?:\n(?!##).*)*)", re.MULTILINE)
READERS = {"Pour les familles", "Pour la mairie", "Pour l’exploitant", "Pour le développement"}
ALREADY_IN_FLASK = {"run", "shell", "routes"}


def documented() -> dict[str, tuple[str, str]]:
    text = (ROOT / "docs" / "settings.md").read_text("utf-8")
    return {
        name.lower(): (_cell(production), _cell(development))
        for name, production, development, _ in ROW.findall(text)
    }


def _cell(written: str) -> str:
    return written.strip().strip("`")


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value == () else str(value)


def commands(app: Flask) -> Iterator[tuple[str, click.Command]]:
    """Every command of ours, with the words that call it."""
    context = click.Context(app.cli)
    for name in app.cli.list_commands(context):
        command = app.cli.get_command(context, name)
        assert command is not None
        yield name, command
        if isinstance(command, click.Group):
            yield from ((f"{name} {sub}", found) for sub, found in command.commands.items())


def test_every_setting_is_documented() -> None:
    assert set(documented()) == SETTINGS | {"env"}


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_documented_defaults_are_the_real_ones(name: str) -> None:
    if name in IN_WORDS:
        return
    production, development = documented()[name]
    defaults = {
        kind: _shown(getattr(kind, name)) for kind in (config.Production, config.Development)
    }
    assert production == defaults[config.Production]
    same = defaults[config.Development] == defaults[config.Production]
    assert development == ("same" if same else defaults[config.Development])


def test_each_command_says_in_french_what_it_does(app: Flask) -> None:
    found = dict(commands(app))
    assert found
    for name, command in found.items():
        sentences = [command.help or ""]
        sentences += [str(option.help) for option in command.params if hasattr(option, "help")]
        for sentence in sentences:
            assert sentence, f"flask {name} has an option or no help at all"
            assert not ENGLISH.search(sentence), f"flask {name}: {sentence}"
            assert not list(typography_faults(sentence)), f"flask {name}: {sentence}"


def test_each_command_helps(app: Flask) -> None:
    runner = app.test_cli_runner()
    for name, _ in commands(app):
        result = runner.invoke(args=[*name.split(), "--help"])
        assert result.exit_code == 0, f"flask {name} --help: {result.output}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_documents_name_commands_that_exist(app: Flask, document: Path) -> None:
    text = document.read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for groups in MAKE.findall(text):
        assert "".join(groups) in targets, f"make {''.join(groups)}"
    ours = {name for name, _ in commands(app)} | {str(each.name) for each in OF_MANY}
    for words in FLASK.findall(FOR_TOWNS.sub(r"flask \1\n    flask ", text)):
        first = words.split()[0]
        if first in ALREADY_IN_FLASK:
            continue
        is_group = any(name.startswith(f"{first} ") for name in ours)
        assert (words if is_group and " " in words else first) in ours, f"flask {words}"


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_documents_link_to_files_that_exist(document: Path) -> None:
    for target in LOCAL_LINK.findall(document.read_text("utf-8")):
        assert (document.parent / target).exists(), target


def test_each_decision_is_a_dated_paragraph() -> None:
    """In the order of the days; two that touch would be shown as one."""
    _title, _intro, *paragraphs = (ROOT / "docs" / "decisions.md").read_text("utf-8").split("\n\n")
    days = [re.match(r"\*\*(\d{4}-\d\d-\d\d) · .+?\.\*\* ", each, re.DOTALL) for each in paragraphs]
    assert [each[:60] for each, day in zip(paragraphs, days, strict=True) if not day] == []
    found = [day[1] for day in days if day]
    assert found == sorted(found)
    assert sum(each.count("**20") for each in paragraphs) == len(paragraphs)


def test_the_changelog_knows_this_version() -> None:
    """What comes, then each version with its number and its day, the one that runs first."""
    coming, *versions = HEADING.findall((ROOT / "CHANGELOG.md").read_text("utf-8"))
    assert coming == "À venir"
    numbers, days = zip(*(heading.split(" – ") for heading in versions), strict=True)
    assert numbers[0] == VERSION
    dates = [date.fromisoformat(day) for day in days]
    assert dates == sorted(dates, reverse=True)
    assert len(set(numbers)) == len(numbers)


def test_the_changelog_speaks_to_its_readers() -> None:
    """Each line stands in somebody's part: a family, the town hall, whoever runs or changes it."""
    parts = PART.findall((ROOT / "CHANGELOG.md").read_text("utf-8"))
    assert {part for part, _ in parts} <= READERS
    said = sum(text.count("\n- ") for _, text in parts)
    assert said == (ROOT / "CHANGELOG.md").read_text("utf-8").count("\n- ")
