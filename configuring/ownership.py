"""Whose an instance is: root would leave files there that the portal cannot open."""

import os
import pwd
from pathlib import Path

ROOT = 0
DATABASE = "portail.db"


def owner_behind_root(instance: Path) -> str:
    """Name whose this instance is, when root uses it; nothing when it is root's, or new."""
    if os.geteuid() != ROOT:
        return ""
    owners = [each.stat().st_uid for each in (instance, instance / DATABASE) if each.exists()]
    return next((_name(owner) for owner in owners if owner != ROOT), "")


def _name(number: int) -> str:
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:
        return f"#{number}"
