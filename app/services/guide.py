"""What the guide shows: the family of the printed guides, invented, on a day of this year."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from app.formats import today
from app.models import Sex
from app.services.billing.ledger import UnpaidInvoice
from app.services.counts import MenuCounts
from app.services.families.children import ChildCard
from app.services.home import Home
from app.services.mail import letters
from app.services.mail.kinds import MailKind
from app.services.mail.letters import Recipient
from app.services.requests.registrations import RegisteredChild
from app.services.tokens.temporary_passwords import IssuedPassword

IDENTIFIER = "38162386"
FIRST_NAME, LAST_NAME = "PAYS", "ZEST"
# Not a secret: it opens nothing, and stands on the guides that towns have printed.
SECRET = "2dd150fa6be4410f966601e379bf8d79"  # noqa: S105
LINK_TOKEN = "exemple"  # noqa: S105
AMOUNT = Decimal("891.35")


def sample_day() -> date:
    """Return a day of this year, so that a guide printed today looks of today."""
    return date(today().year, 7, 12)


def sample_home(day: date) -> Home:
    """Make the first page of the guides' family."""
    issued_on = day - timedelta(days=4)
    return Home(
        title="Madame",
        family_number="3816231",
        direct_debit=False,
        balance=-AMOUNT,
        email="",
        address_refused=False,
        address_waits=False,
        counts=MenuCounts(unread=2, pieces_missing=0, takes_bookings=False),
        unpaid=[UnpaidInvoice("", "59", issued_on, day + timedelta(days=19), AMOUNT)],
        children=[
            RegisteredChild(
                ChildCard("", LAST_NAME, FIRST_NAME, Sex.MALE, date(2016, 11, 8), "", "", ""), []
            ),
        ],
        messages=[],
        requests=[],
        takes_requests=True,
        today=day,
    )


def sample_mail(day: date, *, first_time: bool) -> str:
    """Write the mail that a parent gets, as HTML."""
    asked_at = datetime(day.year, day.month, day.day, 12, 26, tzinfo=UTC)
    message = letters.write(
        MailKind.ACTIVATION if first_time else MailKind.CREDENTIALS,
        Recipient(0, IDENTIFIER, "parent@exemple.fr", f"Madame {FIRST_NAME} {LAST_NAME}"),
        IssuedPassword(SECRET, LINK_TOKEN, asked_at + timedelta(hours=24)),
        asked_at,
        {},
    )
    return message.html
