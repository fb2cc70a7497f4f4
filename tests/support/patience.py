"""No test hangs on a machine that stalls: a database is waited for as long as a test may take.

How long a page waits for it is a promise all the same, of tests that ask for it.
"""

from collections.abc import Iterator

import pytest

from app.db import postgresql

A_MINUTE = 60.0
OF_A_PAGE, FIRST_ANSWER = postgresql.OF_A_PAGE, postgresql.FIRST_ANSWER_SECONDS


@pytest.fixture(autouse=True, scope="session")
def stalls_forgiven() -> Iterator[None]:
    """Let each statement, each lock and each first answer of PostgreSQL take a minute."""
    milliseconds = int(A_MINUTE * 1000)
    patient = postgresql.Limits(A_MINUTE, statement_ms=milliseconds, lock_ms=milliseconds)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postgresql, "OF_A_PAGE", patient)
        patch.setattr(postgresql, "FIRST_ANSWER_SECONDS", A_MINUTE)
        patch.setattr(postgresql.BoundedConnection, "_left", A_MINUTE)
        yield


@pytest.fixture
def waiting_as_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for PostgreSQL no longer than a page may."""
    monkeypatch.setattr(postgresql, "OF_A_PAGE", OF_A_PAGE)
    monkeypatch.setattr(postgresql, "FIRST_ANSWER_SECONDS", FIRST_ANSWER)
    monkeypatch.setattr(postgresql.BoundedConnection, "_left", FIRST_ANSWER)
