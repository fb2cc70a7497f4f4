"""Kinds and states of bookings: tables store them, pure rules judge by them."""

from enum import StrEnum


class ServiceKind(StrEnum):
    """What sort of a service it is."""

    CANTEEN = "canteen"
    GARDERIE = "garderie"
    # The hour between two meals, or around one (« pause méridienne »).
    MIDDAY = "midday"
    LEISURE = "leisure"
    OTHER = "other"


class ServiceMode(StrEnum):
    """How one comes to a service."""

    # Day by day, in the portal.
    DAYS = "days"
    # By a request, which the town hall answers.
    REQUEST = "request"
    # Whoever comes is counted there.
    ATTENDANCE_ONLY = "attendance_only"


class Waiting(StrEnum):
    """What becomes of a place that comes free."""

    NONE = "none"
    # Whoever waits first has it.
    AUTOMATIC = "automatic"
    # Whoever waits first is asked.
    OFFER = "offer"


class Late(StrEnum):
    """What becomes of who books past the limit."""

    REFUSE = "refuse"
    SURCHARGE = "surcharge"
    REQUEST = "request"


class LinkKind(StrEnum):
    """What one service says of another."""

    # Whoever books it has the other one too.
    BRINGS = "brings"
    # Only who has the other one may book it.
    NEEDS = "needs"
    EXCLUDES = "excludes"


class SpanKind(StrEnum):
    """Why some days of the calendar are not as others are."""

    PUBLIC = "public"
    SCHOOL = "school"
    # No school between a public holiday and Sunday: for a service, as holidays.
    BRIDGE = "bridge"
    # The whole town closes.
    TOWN = "town"


class BookingState(StrEnum):
    """Where a child's day at a service stands."""

    BOOKED = "booked"
    WAITING = "waiting"
    # A place is kept for it, until somebody answers.
    OFFERED = "offered"
    CANCELLED = "cancelled"
    # The child will not come, and it is too late for another: the place stays taken.
    ABSENT = "absent"
    # The town closed the day.
    CLOSED = "closed"


class BookingOrigin(StrEnum):
    """How a booking came about."""

    PARENT = "parent"
    # From a typical week.
    TYPICAL = "typical"
    # Brought by another service: it goes when that one goes.
    LINKED = "linked"
    STAFF = "staff"
    # From the waiting list.
    WAITING = "waiting"
    IMPORT = "import"


class CustodyPattern(StrEnum):
    """Which weeks a home has a child for whom its parents take turns."""

    # By the weeks of the year, as judgments write it.
    ISO_EVEN = "iso_even"
    ISO_ODD = "iso_odd"
    # Every other week, from one of them on.
    ALTERNATE = "alternate"


class WeekParity(StrEnum):
    """In which weeks of the year a typical week is lived: all of them, or every other one."""

    ALL = "all"
    ODD = "odd"
    EVEN = "even"


class HealthKind(StrEnum):
    """What sort of care it is."""

    # An agreement with the school doctor: what to do, and with which medicine.
    PAI = "pai"
    ALLERGY = "allergy"
    DIET = "diet"


class AttendanceState(StrEnum):
    """What was seen of a child."""

    PRESENT = "present"
    ABSENT = "absent"


class ProofVerdict(StrEnum):
    """What the town hall says of a paper that excuses an absence."""

    ACCEPTED = "accepted"
    REFUSED = "refused"


class AbsenceReason(StrEnum):
    """Why a child does not come, as whoever declares it says."""

    SICK = "sick"
    SCHOOL_CLOSED = "school_closed"
    TEACHER_AWAY = "teacher_away"
    OTHER = "other"
