"""Which worker runs which tests: a file each, but those that share what takes long to set up."""

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

# The machine of tests/deploy.
SHARED = ("tests/deploy/",)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Schedule by file, as `make test` asks, and such a folder as if it were one."""
    if config.getvalue("dist") != "loadfile":
        return None
    scheduler = LoadFileScheduling(config, log)
    by_file = scheduler._split_scope
    scheduler._split_scope = lambda nodeid: next(
        (folder for folder in SHARED if nodeid.startswith(folder)), by_file(nodeid)
    )
    return scheduler
