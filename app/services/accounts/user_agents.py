"""What a browser says of itself, in words that a parent recognises.

Meant for recognition, not for statistics: a dozen rules, the first that fits.
"""

SYSTEMS = (
    ("iPhone", "un iPhone"),
    ("iPad", "un iPad"),
    ("Android", "une tablette Android"),
    ("CrOS", "un Chromebook"),
    ("Windows", "un ordinateur Windows"),
    ("Macintosh", "un Mac"),
    ("Linux", "un ordinateur Linux"),
)
# Most name the browsers they descend from: the younger ones come first.
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("DuckDuckGo", "DuckDuckGo"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
UNKNOWN = "Appareil inconnu"
HANDHELD = ("iPhone", "iPad", "Android", "Mobile")


def describe(user_agent: str) -> str:
    """Write « Firefox sur un téléphone Android »."""
    system = _first(SYSTEMS, user_agent)
    if "Android" in user_agent and "Mobile" in user_agent:
        system = "un téléphone Android"
    browser = _first(BROWSERS, user_agent)
    if system and browser:
        return f"{browser} sur {system}"
    return browser or system.replace("un", "Un", 1) or UNKNOWN


def is_handheld(user_agent: str) -> bool:
    """Tell a telephone or a tablet from a computer."""
    return any(mark in user_agent for mark in HANDHELD)


def _first(rules: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((words for mark, words in rules if mark in user_agent), "")
