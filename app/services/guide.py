"""What the guide shows: the family of the printed guides, invented, on a day of this year."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from app import db
from app.booking_kinds import BookingState
from app.calendar import ONE_DAY
from app.formats import NBSP, day_and_month, today
from app.models import Sex
from app.services import counts
from app.services.billing.ledger import UnpaidInvoice
from app.services.bookings.deciding import Decided
from app.services.bookings.judge.verdicts import Act
from app.services.bookings.judge.worlds import Cell
from app.services.bookings.outcomes import Line as SavedLine
from app.services.bookings.outcomes import Outcome
from app.services.bookings.reading import OfChild
from app.services.bookings.summaries import Summary
from app.services.bookings.weeks import ChildDay, Day, Line, Week
from app.services.bookings.wishes import Wish
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
CANTEEN, MIDDAY, EVENING = "Cantine", "Garderie de midi", "Garderie du soir"


def tells_of_bookings() -> bool:
    """Tell whether the town takes bookings; how to come in is read though the database is away."""
    try:
        return counts.takes_bookings()
    except db.Unavailable:
        return False


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


def sample_days(day: date) -> tuple[date, date]:
    """Return the days of school that the guide books: the Monday before one of term, and after."""
    in_term = day.replace(month=11, day=20)
    monday = in_term - in_term.weekday() * ONE_DAY
    return monday, monday + ONE_DAY


def sample_week(days: tuple[date, date]) -> Week:
    """Make a week whose meals are ticked, and not saved yet."""
    limit = day_and_month(days[0] - 4 * ONE_DAY)
    child = OfChild(0, "", FIRST_NAME, LAST_NAME, None)
    return Week(
        monday=days[0],
        days=[Day(day, [ChildDay(child, _lines(day))], "") for day in days],
        limits=[
            f"{CANTEEN}, {MIDDAY}{NBSP}: à réserver ou annuler jusqu’au {limit} à minuit.",
            f"Avec la cantine, on réserve aussi la garderie de midi{NBSP}: rien de plus à cocher.",
        ],
    )


def _lines(day: date) -> list[Line]:
    names = enumerate((CANTEEN, MIDDAY, EVENING))
    boxes = [(name, f"{place}.{day}") for place, name in names]
    return [Line(name, box, box, 0, name == CANTEEN, "", None) for name, box in boxes]


def sample_summary(days: tuple[date, date]) -> Summary:
    """Make the page that tells it before it is saved."""
    decided = [
        Decided(
            wish=Wish(Act.BOOK, Cell(0, 0, day)),
            state=BookingState.BOOKED,
            sentence="",
            child=FIRST_NAME,
            service=CANTEEN,
            along=(MIDDAY,),
        )
        for day in days
    ]
    return Summary(days[0], decided, [], [], [])


def sample_outcome(days: tuple[date, date]) -> Outcome:
    """Make the page that tells it once it is saved."""
    evening = datetime.combine(days[0] - 6 * ONE_DAY, time(19, 40), UTC)
    lines = [
        SavedLine(day, FIRST_NAME, service, BookingState.BOOKED, 0)
        for day in days
        for service in (CANTEEN, MIDDAY)
    ]
    return Outcome(evening, 0, lines)
