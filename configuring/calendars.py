"""Which holidays a town has: the school zone it is in, and the public holidays it keeps."""

ZONES = ("A", "B", "C")
MAINLAND = {f"{number:02}" for number in range(1, 96)} | {"2A", "2B"}
# What is not as on the mainland, as the library of holidays calls it: by number, and by code.
ELSEWHERE = {
    "57": "57", "67": "6AE", "68": "6AE", "971": "971", "972": "972", "973": "973", "974": "974",
    "975": "PM", "976": "976", "977": "BL", "978": "MF", "984": "TF", "986": "WF", "987": "PF",
    "988": "NC",
}  # fmt: skip


def territory(code: str) -> str | None:
    """Return whose public holidays a department or a territory has; None for the mainland's."""
    return ELSEWHERE.get(code)


def school_zone_fault(zone: str) -> str:
    """Say why it is none."""
    if not zone or zone in ZONES:
        return ""
    return (
        f"vaut «\u00a0{zone}\u00a0»\u00a0: une zone de vacances scolaires est "
        "attendue, A, B ou C, ou rien en Corse et outre-mer"
    )


def public_holidays_fault(code: str) -> str:
    """Say why it is none."""
    if not code or code in MAINLAND or code in ELSEWHERE:
        return ""
    return (
        f"vaut «\u00a0{code}\u00a0»\u00a0: un numéro de département ou de "
        "territoire est attendu, par exemple 38, 67, 974 ou 987"
    )
