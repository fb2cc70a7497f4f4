"""What stands out of a family's requests: those that miss a piece."""

from sqlalchemy import func, select

from app.models import FamilyRequest, RequestState
from app.services.requests.reading import SEEN

_PIECE_MISSING = FamilyRequest.state == RequestState.PIECE_MISSING
# How many wait for the family, to be put in other statements.
PIECES_MISSING = select(func.count(FamilyRequest.id)).where(SEEN, _PIECE_MISSING).scalar_subquery()
