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
    "TIP": "Titre interbancaire (TIP)",
    "TIPI": "Paiement en ligne (TIPI)",
    "VIREMENT": "Virement",
}


@lru_cache(maxsize=256)
def in_words(mode: str) -> str:
    """Write Chèque for CHEQUE; what we do not know stays as the town wrote it."""
    letters = unicodedata.normalize("NFD", mode.strip().upper())
    code = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return WORDS.get(code, mode.strip())
