"""Which tests one worker takes one after the other, as they stand on the same servers.

Two workers would each follow docs/exploitation.md, import the town and go through every screen.
"""

import pytest
from xdist.scheduler.loadfile import LoadFileScheduling
from xdist.scheduler.loadscope import LoadScopeScheduling

TOGETHER = (("tests/deploy/",), ("tests/e2e/", "tests/test_pages.py"))


class ByServers(LoadFileScheduling):  # type: ignore[misc]  # xdist ships no types.
    """A file at a time, but for those that share more."""

    def _split_scope(self, nodeid: str) -> str:
        shared = (places[0] for places in TOGETHER if nodeid.startswith(places))
        return next(shared, super()._split_scope(nodeid))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config) -> LoadScopeScheduling | None:
    """What `make test` asks for: `--dist loadfile`."""
    return ByServers(config) if config.getvalue("dist") == "loadfile" else None
