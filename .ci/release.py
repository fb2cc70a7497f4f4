"""Make a release: its number where it is said, a commit, and a tag that tells what changed.

python .ci/release.py 0.3.0

Nothing is published: whoever releases looks at both, then pushes them. Git signs the tag where
its `tag.gpgSign` says so. What is to be mended is said, and nothing is changed.
"""

import re
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

ROOT = Path(__file__).parent.parent
COMING = "## À venir\n"
# Each file that says the number or the day, and how it says them.
SAID = {
    "CHANGELOG.md": (COMING, COMING + "\n## {version} – {day}\n"),
    "app/version.py": (r'VERSION = "(.+)"', 'VERSION = "{version}"'),
    "publiccode.yml": (
        r'softwareVersion: "(.+)"\nreleaseDate: ".+"',
        'softwareVersion: "{version}"\nreleaseDate: "{day}"',
    ),
}


def main(version: str, day: date) -> None:
    """Write, commit and tag; exit with what is in the way."""
    news = _news()
    if obstacle := _obstacle(version, news):
        raise SystemExit(obstacle)
    for name, (before, after) in SAID.items():
        written = after.format(version=version, day=day.isoformat())
        (ROOT / name).write_text(re.sub(before, written, _text(name), count=1), "utf-8")
    _git("commit", "--quiet", "--message", f"Release {version}", "--", *SAID)
    # Its headings begin with what git takes for comments.
    _git("tag", "--annotate", "--cleanup=whitespace", "--message", news, f"v{version}")
    print(f"v{version}: git show v{version}, then git push --follow-tags")


def _obstacle(version: str, news: str) -> str | None:
    if not re.fullmatch(r"\d+\.\d+\.\d+", version):
        return "A version is three numbers: 0.3.0"
    found = re.search(SAID["app/version.py"][0], _text("app/version.py"))
    if found and _numbers(version) <= _numbers(found[1]):
        return f"{version} does not come after {found[1]}"
    if not news:
        return "CHANGELOG.md has nothing under « À venir »"
    if _git("status", "--porcelain"):
        return "Commit or put aside what is changed first: git status"
    return None


def _news() -> str:
    """Read what the changelog has for the next version."""
    return _text("CHANGELOG.md").partition(COMING)[2].partition("\n## ")[0].strip()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))


def _text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def _git(*words: str) -> str:
    command = ["git", "-C", str(ROOT), *words]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "", datetime.now().astimezone().date())
