"""Why a child did not come: the paper, and the services that ask one."""

from datetime import date

from flask import Flask
from sqlalchemy import select, update

from app import db
from app.models import (
    AbsenceProof,
    Booking,
    BookingBatch,
    BookingEvent,
    BookingEventKind,
    BookingState,
    Child,
    ProofVerdict,
    Service,
)
from tests.support.browser import Browser, Page
from tests.support.services import Bookings

PDF = b"%PDF-1.7\nhello\n%%EOF"


def ask_proofs(app: Flask, hours: int | None = 48) -> None:
    """Have the canteen excuse an absence by a paper that comes within so many hours."""
    with app.app_context(), db.transaction() as session:
        session.execute(update(Service).where(Service.slug == "cantine").values(proof_hours=hours))


def send_paper(
    browser: Browser, page: Page, content: bytes = PDF, name: str = "Certificat.pdf"
) -> Page:
    """Choose a file on its page, and press the button."""
    head = '--b\r\nContent-Disposition: form-data; name="{}"{}\r\n\r\n'
    body = b"\r\n".join([
        head.format("csrf_token", "").encode() + page.csrf_token.encode(),
        head.format("files", f'; filename="{name}"').encode() + content,
        b"--b--\r\n",
    ])  # fmt: skip
    answer = browser.client.post(
        page.path,
        data=body,
        content_type="multipart/form-data; boundary=b",
        base_url=browser.base_url,
        buffered=True,
    )
    return browser.visit(answer.headers["Location"])


def miss(
    bookings: Bookings,
    child: Child,
    batch: BookingBatch,
    day: date,
    paper: tuple[str, str, str],
) -> None:
    """Have a child miss a day of a batch; the paper for it has a title, a file, and why not."""
    title, file, why = paper
    canteen, session = bookings.services[0], bookings.session
    canteen.proof_hours = 48
    booking = session.scalars(
        select(Booking).where(
            Booking.child_id == child.id, Booking.service_id == canteen.id, Booking.day == day
        )
    ).one()
    booking.state = BookingState.ABSENT
    session.add_all([
        BookingEvent(
            booking_id=booking.id, family_id=bookings.family_id, batch_id=batch.id, at=batch.at,
            kind=BookingEventKind.ABSENCE, old=BookingState.BOOKED, new=BookingState.ABSENT,
        ),
        AbsenceProof(
            batch_id=batch.id, child_id=child.id, title=title, file=file, file_size=12_345,
            received_at=batch.at, verdict=ProofVerdict.REFUSED, reason=why, judged_at=batch.at,
        ),
    ])  # fmt: skip
    session.flush()
