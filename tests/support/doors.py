"""How to open each page: which of a guardian's things an address names, what a form sends.

An endpoint that takes an id and is not here fails the tests that go through them all.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

from flask import Flask
from werkzeug.routing import Rule


@dataclass(frozen=True)
class Door:
    """An endpoint, the thing that each of its arguments names, and what its form sends."""

    endpoint: str
    things: Mapping[str, str]
    form: Mapping[str, str] = field(default_factory=dict)

    def of(self, *owners: Mapping[str, str]) -> list[dict[str, str]]:
        """List the arguments that name things of these owners, in every mixture."""
        return [
            {
                name: owner[thing]
                for (name, thing), owner in zip(self.things.items(), mixture, strict=True)
            }
            for mixture in product(owners, repeat=len(self.things))
        ]


def _door(endpoint: str, thing: str, **form: str) -> Door:
    return Door(endpoint, {"public_id": thing}, form)


DOORS = (
    _door("family.child", "child"),
    _door("family.child_photo", "child"),
    _door("family.invoice", "invoice"),
    _door("family.invoice_file", "invoice"),
    _door("family.invoice_file", "invoice_with_file"),
    _door("family.document", "document"),
    _door("family.message", "message"),
    _door("family.message_attachment", "attachment"),
    _door("family.answer_message", "message", reply="Bonjour"),
    _door("family.archive_message", "message"),
    _door("family.restore_message", "message"),
    _door("family.request", "request"),
    Door("family.request_file", {"public_id": "request", "file_id": "file"}),
    _door("family.add_pieces", "request"),
    _door("family.withdraw_request", "request"),
    _door("family.end_device", "device"),
    _door("family.bookings_saved", "batch"),
    Door("family.absence_proof", {"public_id": "batch", "child_id": "missing_child"}),
    Door("family.absence_proof_file", {"public_id": "batch", "child_id": "missing_child"}),
    _door("family.typical_week", "child"),
    _door("family.our_weeks", "child", weeks="iso_odd", handover="0", step="send"),
    _door("family.leave_day", "child", day="2027-01-04"),
    _door("family.answer_weeks", "child", proposal="0", answer="accept"),
    Door("family.certificate", {"year": "year"}),
    Door("family.certificate_page", {"year": "year"}),
)
# These take nothing of a family: a kind of request, a week, a secret out of a mail, a file of ours.
OF_NOBODY = frozenset(
    {
        "family.request_form",
        "family.bookings_month",
        "family.bookings_week",
        "auth.password_link",
        "family.confirm_email",
        "family.feed",
        "family.quiet_week",
        "family.opening",
        "family.ask_of_opening",
        "family.stop_mails",
        "static",
        "site.check_in",
        # The town hall's: for no family at all, see tests/web/test_clerk_access.py.
        "town_hall.absence_proof",
        "town_hall.absence_proof_file",
        "town_hall.accept_absence_proof",
        "town_hall.answer_request",
        "town_hall.billing_file",
        "town_hall.calendar_line",
        "town_hall.caller_form",
        "town_hall.call_off_invitations",
        "town_hall.cancel_left_over",
        "town_hall.change_access",
        "town_hall.check_in_link",
        "town_hall.child_group",
        "town_hall.child_health",
        "town_hall.child_photo",
        "town_hall.child_weeks",
        "town_hall.closing_page",
        "town_hall.service_files_read",
        "town_hall.colleague",
        "town_hall.end_service",
        "town_hall.enrol_accepted",
        "town_hall.enrolled",
        "town_hall.entrust_request",
        "town_hall.erase_family",
        "town_hall.expected",
        "town_hall.expected_file",
        "town_hall.expected_paper",
        "town_hall.family",
        "town_hall.family_bookings",
        "town_hall.family_week",
        "town_hall.family_enrolments",
        "town_hall.family_invoice",
        "town_hall.family_statement",
        "town_hall.guardian",
        "town_hall.guardian_code",
        "town_hall.guardian_letter",
        "town_hall.help_guardian",
        "town_hall.hold_request",
        "town_hall.import_changes",
        "town_hall.import_changes_file",
        "town_hall.import_closing",
        "town_hall.import_faults_file",
        "town_hall.import_run",
        "town_hall.invitation",
        "town_hall.invoice",
        "town_hall.invoice_month",
        "town_hall.open_month",
        "town_hall.keep_family",
        "town_hall.load_calendar",
        "town_hall.open_again",
        "town_hall.waiter",
        "town_hall.give_day",
        "town_hall.give_place",
        "town_hall.late_place",
        "town_hall.give_late_place",
        "town_hall.refuse_late_place",
        "town_hall.refuse_absence_proof",
        "town_hall.refuse_place",
        "town_hall.answer_message",
        "town_hall.cancel_message",
        "town_hall.document",
        "town_hall.document_file",
        "town_hall.withdraw_document",
        "town_hall.check_message",
        "town_hall.correct_message",
        "town_hall.edit_message",
        "town_hall.message",
        "town_hall.message_attachment",
        "town_hall.message_letters",
        "town_hall.remind_message",
        "town_hall.remove_service_group",
        "town_hall.remove_tariff",
        "town_hall.tariffs",
        "town_hall.send_message",
        "town_hall.withdraw_message",
        "town_hall.new_password",
        "town_hall.postpone_request",
        "town_hall.put_child_back",
        "town_hall.ready_answer",
        "town_hall.remove_calendar_line",
        "town_hall.remove_health",
        "town_hall.remove_note",
        "town_hall.remove_ready_answer",
        "town_hall.request",
        "town_hall.service",
        "town_hall.service_group",
        "town_hall.service_groups",
        "town_hall.request_beside",
        "town_hall.request_file",
        "town_hall.request_for_caller",
        "town_hall.send_again",
        "town_hall.statistics_file",
        "town_hall.stop_enrolment",
        "town_hall.stop_own_mails",
        "town_hall.take_child_out",
        "town_hall.reset_text",
        "town_hall.text",
        "town_hall.undo_answer",
        "town_hall.undo_text",
        "town_hall.undo_any_import",
        "town_hall.undo_import",
        "town_hall.view_as",
        "town_hall.write_note",
    }
)


def rules(app: Flask, *, with_id: bool) -> Iterator[Rule]:
    """Go through the URL map: what takes an argument, or what takes none."""
    for rule in app.url_map.iter_rules():
        if bool(rule.arguments) is with_id and rule.endpoint not in OF_NOBODY:
            yield rule
