"""The worker that sends mails, in a process of its own, which may be killed.

It is forked from one that has read the portal already: reading it takes longer than what is tested.
"""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess

import config
from app import background, create_app

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload([__name__])
# Nobody who looks at a test wants to wait for seconds.
LOOK_EVERY_SECONDS = 0.05


@contextmanager
def at_work(settings: config.Settings) -> Iterator[ForkServerProcess]:
    """Run `flask mail deliver --watch` until the block ends."""
    process = _processes.Process(target=_watch, args=(settings,))
    process.start()
    try:
        yield process
    finally:
        process.terminate()
        process.join()


def _watch(settings: config.Settings) -> None:
    background.POLL_SECONDS = background.LONGEST_PAUSE_SECONDS = LOOK_EVERY_SECONDS
    create_app(settings).test_cli_runner().invoke(args=["mail", "deliver", "--watch"])
