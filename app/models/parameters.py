"""What many statements say alike: which family they are about, and who may sign in."""

from sqlalchemy import BindParameter, and_, bindparam

from app.models.accounts import Account
from app.models.families import Family

# The family that a page is about.
FAMILY: BindParameter[int] = bindparam("family_id")
# Who may sign in, and be written to: neither they nor their family left. For statements that join
# the account, its guardian and the family.
MAY_SIGN_IN = and_(Account.archived_at.is_(None), Family.archived_at.is_(None))
