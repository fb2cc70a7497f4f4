"""The source of the portal that runs, handed to whoever uses it (AGPL-3.0, section 13)."""

import io
from functools import cache
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from app.version import VERSION

# Where `app` lies: a clone, or the packages of a machine.
ROOT = Path(__file__).parents[2]
NAME = f"portail-famille-{VERSION}"
# An installed portal lies among the packages of others: only what is named is ours.
PARTS = ("app", "configuring", "config.py", "wsgi.py")
# What a clone has beside them, to build, to install and to change it.
CLONE = ("migrations", "demo", "deploy", "Makefile", "pyproject.toml", "LICENSE", "LICENSES",
         "README.md", "requirements.txt", "requirements-full.txt")  # fmt: skip


@cache
def archive() -> bytes:
    """Pack the very files that run, once for the process; less than a megabyte."""
    names = PARTS + (CLONE if (ROOT / "pyproject.toml").exists() else ())
    packed = io.BytesIO()
    with ZipFile(packed, "w", ZIP_DEFLATED) as archive_:
        for path in _files(names):
            archive_.write(path, Path(NAME, path.relative_to(ROOT)))
    return packed.getvalue()


def _files(names: tuple[str, ...]) -> list[Path]:
    """Walk in a fixed order; no link is followed, nothing hidden or compiled is taken."""
    walked = (each for name in names for each in (ROOT / name, *(ROOT / name).rglob("*")))
    return sorted(path for path in walked if path.is_file() and _is_source(path))


def _is_source(path: Path) -> bool:
    parts = path.relative_to(ROOT).parts
    return not path.is_symlink() and not any(
        part.startswith(".") or part == "__pycache__" for part in parts
    )
