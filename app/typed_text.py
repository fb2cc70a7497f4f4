"""What people type, as a screen can show it: the one cleaning of forms and of commands.

Blanks of every sort become spaces, and a run of them one space, as HTML shows them anyway. What
nobody sees (controls, halves of characters, marks that turn the direction of writing) is left out.
"""

import re
import unicodedata

# French puts them before : ; ! ? and inside « », so that no line ends there.
NO_BREAK = "\u00a0\u202f"
# Where people type an ordinary space.
BEFORE_SIGN = re.compile(r"(?<=\S) (?=[:;!?»])|(?<=«) |(?<=\d) (?=h\b)")
BLANKS = re.compile(f"[^\\S{NO_BREAK}]+")


# Letters and marks that draw nothing, though Python calls them printable.
BLANK_LETTERS = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
UNSEEN = re.compile(f"[{BLANK_LETTERS}\U000e0100-\U000e01ef]")


def compact(typed: str) -> str:
    """Leave out blanks, and signs without width: mail programs glue them to what is copied."""
    return "".join(
        each
        for each in typed
        if not (each.isspace() or UNSEEN.match(each) or unicodedata.category(each) == "Cf")
    )


def one_line(typed: str | None) -> str:
    """Keep one line, such as a name: a no-break space is a space there."""
    return " ".join(visible(typed or "").split())


def one_sentence(typed: str | None) -> str:
    """Keep one line that others read: no line of theirs ends before a sign, or an hour."""
    return BEFORE_SIGN.sub("\u00a0", some_lines(typed).replace("\n", " "))


def reason(typed: str, longest: int) -> str:
    """Keep why something is so, to stand at the end of a sentence: its own full stop is not its."""
    return one_sentence(typed)[:longest].rstrip(f" .,;:{NO_BREAK}")


def some_lines(typed: str | None) -> str:
    """Keep several lines, and what keeps words together in a sentence."""
    lines = (BLANKS.sub(" ", visible(line)).strip() for line in (typed or "").splitlines())
    return "\n".join(lines).strip()


def visible(text: str) -> str:
    """Leave out what nobody sees."""
    return "".join(each for each in text if each.isprintable() or each.isspace())
