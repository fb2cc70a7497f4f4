"""What each setting may be, where that is a list of words or the two ends of a number."""

from collections.abc import Iterator

from configuring.sources import PREFIX

CHOICES = {
    "mail_delivery": ("inline", "thread", "worker"),
    "smtp_security": ("none", "starttls", "tls"),
}
# The least and the most that each number may be; argon2 wants 8 KiB for each of its threads.
BOUNDS = {
    "proxies": (0, 10),
    "smtp_port": (1, 65_535),
    "smtp_timeout": (1, 30),
    "argon2_memory_kib": (64, 1_048_576),
    "argon2_time_cost": (1, 20),
    "argon2_parallelism": (1, 8),
}


def wrong_choices(settings: object) -> Iterator[str]:
    """Say of each word that is not one of those which its setting takes."""
    for name, values in CHOICES.items():
        if getattr(settings, name) not in values:
            yield (
                f"{PREFIX}{name.upper()} vaut « {getattr(settings, name)} », "
                f"choisissez parmi {', '.join(values)}"
            )


def wrong_numbers(settings: object) -> Iterator[str]:
    """Say of each number that is too small or too large."""
    for name, (least, most) in BOUNDS.items():
        if not least <= getattr(settings, name) <= most:
            yield (
                f"{PREFIX}{name.upper()} vaut {getattr(settings, name)}, "
                f"un nombre de {least} à {most} est attendu"
            )
