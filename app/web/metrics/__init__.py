"""Metrics for Prometheus, where PORTAIL_METRICS_TOKEN asks for them; elsewhere nothing is loaded.

counting  what each answer and each act adds, and who may read the sums
files     the files in which processes count, added up
"""

import os
import shutil
import socket
import time
from datetime import timedelta
from pathlib import Path

from flask import Flask

# The library's name for where processes count; it reads it when it is loaded, and for each file.
DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
# Whoever serves counts at every question of a watcher.
GONE_AFTER = timedelta(days=7)


def forget_the_gone(own: Path) -> None:
    """Remove what the containers before this one counted: each has a name of its own."""
    limit = time.time() - GONE_AFTER.total_seconds()
    for other in own.parent.iterdir() if own.parent.exists() else ():
        latest = max((each.stat().st_mtime for each in (other, *other.glob("*"))), default=0)
        if other != own and latest < limit:
            shutil.rmtree(other, ignore_errors=True)


def init_app(app: Flask, instance: Path, token: str, unavailable: type[Exception]) -> None:
    """Count what this application answers, and show it to whoever has the token."""
    if not token:
        return
    # Processes are told apart by their numbers, which those of another machine or container have
    # too: a folder that they share has one for each.
    own = instance / "metrics" / socket.gethostname()
    folder = Path(os.environ.setdefault(DIRECTORY, str(own)))
    if not folder.exists():
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        forget_the_gone(own)
    from app.web.metrics import counting

    counting.init_app(app, token, unavailable)
