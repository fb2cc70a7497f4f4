"""Metrics for Prometheus, where PORTAIL_METRICS_TOKEN asks for them; elsewhere nothing is loaded.

counting  what each answer and each act adds, and who may read the sums
files     the files in which processes count, added up
"""

import os
import socket
from pathlib import Path

from flask import Flask

# The library's name for where processes count; it reads it when it is loaded, and for each file.
DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"


def init_app(app: Flask, instance: Path, token: str, unavailable: type[Exception]) -> None:
    """Count what this application answers, and show it to whoever has the token."""
    if not token:
        return
    # Processes are told apart by their numbers, which those of another machine or container have
    # too: a folder that they share has one for each.
    own = instance / "metrics" / socket.gethostname()
    folder = Path(os.environ.setdefault(DIRECTORY, str(own)))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    from app.web.metrics import counting

    counting.init_app(app, token, unavailable)
