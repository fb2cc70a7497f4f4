"""The files in which each process counts, added up; those of processes that ended become one.

The library keeps the files of ended processes for ever: years of reloads would fill a disk, and
removing them would take back what was counted.
"""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client.core import Metric
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

OF_A_PROCESS = re.compile(r"(counter|histogram)_(\d+)\.db")
ENDED = "ended"


class Everybody(Collector):
    """What all processes counted for one town."""

    def __init__(self, town: str, folder: Path) -> None:
        """Leave out what others counted: several towns may share a process."""
        self._town = town
        self._folder = folder

    def collect(self) -> Iterator[Metric]:
        """Add the files up."""
        with _alone(self._folder):
            fold(self._folder)
            found = list(MultiProcessCollector(None, str(self._folder)).collect())
        for metric in found:
            metric.samples = [
                sample for sample in metric.samples if sample.labels.get("town") == self._town
            ]
            yield metric


def fold(folder: Path) -> None:
    """Put what ended processes counted into one file of each kind."""
    for path in folder.iterdir():
        name = OF_A_PROCESS.fullmatch(path.name)
        if name and not _is_alive(int(name[2])):
            _add(path, folder / f"{name[1]}_{ENDED}.db")
            path.unlink()


def _add(source: Path, target: Path) -> None:
    total = MmapedDict(str(target))
    try:
        for key, value, _, _ in MmapedDict.read_all_values_from_file(str(source)):
            before, _ = total.read_value(key)
            total.write_value(key, before + value, 0.0)
    finally:
        total.close()


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two who look at once would count the ended twice."""
    with os.fdopen(os.open(folder / "lock", os.O_CREAT | os.O_RDWR, 0o600), "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
