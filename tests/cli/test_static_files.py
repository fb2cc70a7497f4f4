"""Ops hand the fixed files of the pages to the server in front."""

import gzip
from pathlib import Path

import click
from flask import Flask, url_for

import config
from app import create_app
from app.web import assets


def compress(app: Flask, folder: Path) -> str:
    result = app.test_cli_runner().invoke(args=["static", "compress", str(folder)])
    assert result.exit_code == 0, result.output
    return result.output


def test_each_file_lies_where_its_address_says(app_without_database: Flask, tmp_path: Path) -> None:
    """Under its version, as it is, and compressed where that gains something."""
    said = compress(app_without_database, tmp_path / "cache")
    with app_without_database.test_request_context():
        found = list(assets.files())
        for name, version, path in found:
            assert url_for("static", filename=name) == f"/static/{name}?v={version}"
            written = tmp_path / "cache" / version / "static" / name
            assert written.read_bytes() == path.read_bytes()
            packed = written.with_name(f"{written.name}.gz")
            assert packed.exists() == (path.suffix in {".css", ".js", ".svg"})
            if packed.exists():
                assert gzip.decompress(packed.read_bytes()) == path.read_bytes()
                assert packed.stat().st_size < path.stat().st_size
    count = len(found)
    ready = f"{count}\u00a0fichiers fixes prêts dans {tmp_path / 'cache'}"
    assert said == f"{ready}, {count}\u00a0nouveaux.\n"


def test_a_new_version_leaves_the_old_one(app_without_database: Flask, tmp_path: Path) -> None:
    """Who still reads a page of before asks for the stylesheet of before."""
    old = tmp_path / "0123456789ab" / "static" / "portail.css"
    old.parent.mkdir(parents=True)
    old.write_text("before")
    compress(app_without_database, tmp_path)
    assert old.read_text() == "before"
    assert compress(app_without_database, tmp_path).endswith(", 0\u00a0nouveau.\n")


def test_root_leaves_nothing_in_an_instance(tmp_path: Path) -> None:
    """It asks no database: a file of root's in its place, and no town would start there."""
    instance = tmp_path / "instance"
    with click.Context(click.Command("flask")):
        app = create_app(config.Test(instance=instance))
    compress(app, tmp_path / "cache")
    assert not list(instance.rglob("portail.db*"))
