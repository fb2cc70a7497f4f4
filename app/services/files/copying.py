"""All the files of an instance, copied from one store to another."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from app.models import Folder, kind_of
from app.services.files import sweeping
from app.services.files.store import Store, StoreAway
from app.services.files.stores import store_at


@dataclass(slots=True)
class Copied:
    """What became of them."""

    copied: int = 0
    # The same was there.
    held: int = 0
    # Rows name them, and the first store has not had them either.
    missing: list[str] = field(default_factory=list)


def copy(source: str, target: str, progress: Callable[[int, int], None]) -> Copied:
    """Copy every file from the store at one address to that at another, and compare what is kept.

    The first keeps its own. Done once more, it copies what came since. Raises StoreAway.
    """
    begins, ends = store_at(source), store_at(target)
    begins.check()
    ends.check()
    done = Copied()
    # What a killed process left half written is of no kind.
    plan = {
        folder: sorted(each.name for each in begins.list(folder) if kind_of(each.name))
        for folder in Folder
    }
    total = sum(map(len, plan.values()))
    for folder, names in plan.items():
        held = {entry.name for entry in ends.list(folder)}
        for name in names:
            if name in held and _digest(ends, folder, name) == _digest(begins, folder, name):
                done.held += 1
            else:
                _copy_one(begins, ends, folder, name)
                done.copied += 1
            progress(done.copied + done.held, total)
        missing = sweeping.named(folder) - set(names)
        done.missing += [begins.where(folder, name) for name in sorted(missing)]
    return done


def _copy_one(source: Store, target: Store, folder: Folder, name: str) -> None:
    with source.open(folder, name) as stream:
        content = stream.read()
    target.put(folder, name, (content,))
    if _digest(target, folder, name) != hashlib.sha256(content).digest():
        raise StoreAway(f"{target.where(folder, name)} n’est pas ce qui y a été écrit")


def _digest(store: Store, folder: Folder, name: str) -> bytes:
    with store.open(folder, name) as stream:
        return hashlib.sha256(stream.read()).digest()
