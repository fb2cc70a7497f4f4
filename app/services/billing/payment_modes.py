"""How a family paid, in words: the town's software often gives a code in capitals."""

import unicodedata
from functools import lru_cache

WORDS = {
    "CB": "Carte bancaire",
    "CARTE BANCAIRE": "Carte bancaire",
    "CARTE BLEUE": "Carte bancaire",
    "CESU": "Chèque emploi service (CESU)",
    "CHEQUE": "Chèque",
    "CHQ": "Chèque",
    "ESPECES": "Espèces",
    "INTERNET": "Paiement en ligne",
    "NUMERAIRE": "Espèces",
    "PAYFIP": "Paiement en ligne (PayFiP)",
    "PRELEVEMENT": "Prélèvement automatique",
    "PRLV": "Prélèvement automatique",
    "REJET": "Rejet de prélèvement",
    "REJET DE PRELEVEMENT": "Rejet de prélèvement",
    "REJET PRELEVEMENT": "Rejet de prélèvement",
    "REMBOURSEMENT": "Remboursement",
    "TIP": "Titre interbancaire (TIP)",
    "TIPI": "Paiement en ligne (TIPI)",
    "VIREMENT": "Virement",
}


# What the codes of money that goes back begin with.
REJECTION, REFUND = "REJET", "REMB"
TAKEN_BACK = "Règlement annulé"


@lru_cache(maxsize=256)
def in_words(mode: str) -> str:
    """Write Chèque for CHEQUE; what we do not know stays as the town wrote it."""
    return WORDS.get(_code(mode), mode.strip())


@lru_cache(maxsize=256)
def going_back(mode: str) -> tuple[str, str]:
    """Say what a negative payment is, and what there is to add."""
    words = in_words(mode)
    return (words, "") if _code(mode).startswith((REJECTION, REFUND)) else (TAKEN_BACK, words)


def is_refund(mode: str) -> bool:
    """Tell money that the town gives back from a payment that never held."""
    return _code(mode).startswith(REFUND)


def _code(mode: str) -> str:
    letters = unicodedata.normalize("NFD", mode.strip().upper())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
