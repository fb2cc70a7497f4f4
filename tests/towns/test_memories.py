"""What a process remembers is of one town, or of none.

A cache that a page fills, and that does not know of which town, would show it to another.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

APP = Path(__file__).parents[2] / "app"
EVERYTHING = "\n".join(path.read_text("utf-8") for path in sorted(APP.rglob("*.py")))
FILLED = r"\b{}(\.(add|append|extend|update|setdefault|insert)\(|\[[^\]\n]+\] = )"
KEEPS = frozenset({"cache", "lru_cache", "kept"})
STATEFUL = frozenset(
    {
        "BoundedSemaphore", "CollectorRegistry", "Condition", "ContextVar", "Counter", "Event",
        "Gate", "Gauge", "Histogram", "LRUCache", "Kept", "Lock", "LoginManager", "OrderedDict",
        "RLock", "Semaphore", "WeakKeyDictionary", "WeakValueDictionary", "defaultdict",
        "deque", "dict", "list", "local", "set",
    }
)  # fmt: skip
# It is made of its arguments alone: what it says is the same in every town.
FROM_ITS_ARGUMENTS = {
    "blueprints/auth/guide_pages.py _code", "db/schema.py newest", "formats.py day",
    "formats.py day_in_full",
    "formats.py day_in_words", "formats.py euros", "formats.py month", "formats.py number",
    "formats.py price", "formats.py signed_euros", "mailer/message.py _encoded_sender",
    "mailer/message.py _encoded_subject", "services/accounts/passwords.py _dummy_hash",
    "services/accounts/passwords.py _hasher", "services/accounts/passwords.py _words",
    "services/clerks/rights.py allowed",
    "services/billing/payment_modes.py going_back", "services/billing/payment_modes.py in_words",
    "services/files/object_storage.py _client",
    "services/importing/addresses.py _normal_domain", "services/importing/days.py parse_day",
    "services/importing/numbers.py parse_amount", "services/importing/numbers.py parse_hundredths",
    "services/importing/numbers.py parse_quantity",
    "services/importing/numbers.py parse_unit_price", "services/inbox/listing.py _count",
    "services/inbox/listing.py _lines", "services/source.py archive",
    "services/bookings/catalogue.py _calendar",
    "services/bookings/judge/cases.py _day", "services/bookings/judge/limits.py _shown",
    "services/bookings/judge/naming.py no", "services/bookings/judge/naming.py the",
    "services/bookings/judge/notation.py parse", "services/bookings/judge/spoken.py limit",
    "services/bookings/judge/spoken.py short_limit",
    "services/bookings/judge/spoken.py whole_limit",
    "services/town_hall/families.py _long_list", "services/town_hall/mails.py _long_list",
    "services/town_hall/acts.py _long_list", "services/town_hall/money/invoices.py _long_list",
    "services/town_hall/statistics/acts.py _counted",
    "services/town_hall/statistics/requests.py _grouped",
    "services/town_hall/money/payments.py _long_list",
    "services/town_hall/money/late_payers.py _long_list",
    "telephones.py dialled", "telephones.py written", "towns/statements.py _comparable",
    "web/assets.py _fingerprint", "web/clerk_access.py may_roles_open",
    "web/logs.py _console", "web/printing.py available",
}  # fmt: skip
# It is found by the town, or by what no other town has.
BY_TOWN = {
    "blueprints/auth/guide_pages.py _pdf": "public address",
    "blueprints/auth/guide_pages.py _screens": "public address",
    "services/accounts/password_costs.py _found": "engine",
    "services/bookings/feed/bodies.py _of_towns": "engine",
    "services/town_texts.py _read_version": "path",
    "web/metrics/counting.py ACTS": "label",
    "web/metrics/counting.py LATENCY": "label",
    "web/metrics/counting.py REQUESTS": "label",
}
# It holds no word and no figure of anybody.
OF_THE_MACHINE = {
    "db/reading.py _known": "SQL without its values",
    "db/sqlite.py _creating": "who is at it",
    "services/accounts/passwords.py _hashing_slots": "how many at once",
    "services/bookings/feed/bodies.py _keeping": "who is at it",
    "services/accounts/signing_in.py _flooded": "how many at once",
    "services/files/uploads.py _drawing": "how many at once",
    "services/exporting/packing.py _packing": "who is at it, with their town",
    "services/journal.py watchers": "functions",
    "services/profile/own_data/packing.py _packing": "who is at it, with their town",
    "towns/statements.py _compiled": "SQL without its values",
    "web/drafts.py SECRETS": "names of fields",
    "web/heavy_forms.py _importing": "whoever sends a whole town's files waits for the others",
    "web/heavy_forms.py _reading": "who is at it, with their town",
    "web/metrics/counting.py _OWN": "never read",
    "web/printing.py making": "who is at it, with their town",
}


def memories(path: Path) -> Iterator[str]:
    """Name what a module keeps from one call to the next."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef) and any(
            _name(each) in KEEPS for each in node.decorator_list
        ):
            yield node.name
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if _is_filled_later(_name(target), node.value):
                yield _name(target)


def _is_filled_later(name: str, value: ast.expr | None) -> bool:
    if isinstance(value, ast.Dict | ast.List | ast.Set):
        return re.search(FILLED.format(re.escape(name)), EVERYTHING) is not None
    return isinstance(value, ast.Call) and _name(value) in STATEFUL and bool(_may_grow(value))


def _may_grow(call: ast.Call) -> bool:
    """A set or a dict that is made of something is a constant."""
    return _name(call) not in {"dict", "list", "set"} or not call.args


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Call):
        return _name(node.func)
    if isinstance(node, ast.Subscript):
        return _name(node.value)
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def test_each_memory_of_a_process_says_of_which_town() -> None:
    """A new one needs a line here: what it is found by, or why it is nobody's."""
    found = {
        f"{path.relative_to(APP)} {name}" for path in APP.rglob("*.py") for name in memories(path)
    }
    assert found == FROM_ITS_ARGUMENTS | BY_TOWN.keys() | OF_THE_MACHINE.keys()
