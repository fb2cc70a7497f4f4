"""What people type, as a screen can show it: the one cleaning of forms and of commands.

Blanks of every sort become spaces, and a run of them one space, as HTML shows them anyway. What
nobody sees (controls, halves of characters, marks that turn the direction of writing) is left out.
"""

import re

# French puts them before : ; ! ? and inside « », so that no line ends there.
NO_BREAK = "\u00a0\u202f"
BLANKS = re.compile(f"[^\\S{NO_BREAK}]+")


def one_line(typed: str | None) -> str:
    """Keep one line, such as a name: a no-break space is a space there."""
    return " ".join(visible(typed or "").split())


def some_lines(typed: str | None) -> str:
    """Keep several lines, and what keeps words together in a sentence."""
    lines = (BLANKS.sub(" ", visible(line)).strip() for line in (typed or "").splitlines())
    return "\n".join(lines).strip()


def visible(text: str) -> str:
    """Leave out what nobody sees."""
    return "".join(each for each in text if each.isprintable() or each.isspace())
