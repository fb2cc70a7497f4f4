"""Who acts: a guardian who is signed in, a clerk, a command; or somebody whom nobody knows yet.

The journal, the events of a request and the replies of a thread name them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an act comes from; a command has no address."""

    address: str = ""
    request_id: str = ""
    user_agent: str = ""


NOWHERE = Origin()


class Actor(Protocol):
    """Somebody who does something, from somewhere."""

    @property
    def origin(self) -> Origin:
        """Where they are."""

    @property
    def account_id(self) -> int | None:
        """Whose account acts; None for whoever has none."""

    @property
    def acted_by(self) -> str:
        """Who at the town hall acts, by name; empty for anybody else."""


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody who is not signed in, or not yet."""

    origin: Origin = NOWHERE

    @property
    def account_id(self) -> None:
        """Have no account: which one they try to open is another matter."""
        return None

    @property
    def acted_by(self) -> str:
        """Be nobody of the town hall."""
        return ""


@dataclass(frozen=True, slots=True)
class CurrentAccount:
    """A guardian who is signed in, on which device."""

    session_id: int
    account_id: int
    guardian_id: int
    family_id: int
    identifier: str
    first_name: str
    last_name: str
    last_seen_at: datetime
    origin: Origin = NOWHERE
    # When a clerk looks at their pages: until when, and nothing is done meanwhile.
    viewed_until: datetime | None = None

    @property
    def display_name(self) -> str:
        """Write the name as the guides greet: PAYS ZEST."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def acted_by(self) -> str:
        """Be nobody of the town hall, though a clerk may be a parent too."""
        return ""


@dataclass(frozen=True, slots=True)
class Clerk:
    """Somebody of the town hall, at a screen."""

    name: str
    origin: Origin = NOWHERE

    @property
    def account_id(self) -> None:
        """Act without any family's account."""
        return None

    @property
    def acted_by(self) -> str:
        """Give their name."""
        return self.name


class Waiting(NamedTuple):
    """What waits for somebody at the town hall, as each page of theirs counts it."""

    requests: int
    # Families that wrote last.
    threads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentClerk(Clerk):
    """Somebody of the town hall who is signed in, in which browser."""

    session_id: int
    clerk_id: int
    public_id: str
    email: str
    # By the names of app.services.clerks.rights.Role.
    roles: tuple[str, ...]
    # The services they work for, by their names in addresses; None for all.
    serves: frozenset[str] | None
    last_seen_at: datetime
    # When the password was last given in this browser.
    proved_at: datetime
    # Whether keys act by themselves on their screens.
    shortcuts: bool
    waiting: Waiting

    def works_for(self, slug: str) -> bool:
        """Tell whether a service is theirs; no name stands for all of them at once."""
        return self.serves is None or slug in self.serves


@dataclass(frozen=True, slots=True)
class Command:
    """A command, launched by somebody on the server; or the portal, at its own work."""

    name: str

    @property
    def origin(self) -> Origin:
        """Come from the server itself."""
        return NOWHERE

    @property
    def account_id(self) -> None:
        """Act without any family's account."""
        return None

    @property
    def acted_by(self) -> str:
        """Give the name of whoever launched it, as the server knows them."""
        return self.name


# What the portal does by itself: mails that leave, what is swept at night.
PORTAL = Command("portail")
