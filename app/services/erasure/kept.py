"""What erasing a family leaves, and why: a whole table, or a column of one that is emptied.

The numbers that tie rows together, keys of their own and of others, go without saying.
"""

KEPT = {
    "Accounting is kept ten years, as it was established; nothing else names the family there.": (
        "allocation",
        "invoice",
        "invoice_line",
        "payment",
    ),
    "What accounting is kept under, and what the papers of ten years call it.": ("family.number",),
    "The town's own number alone: it keeps later imports from bringing the row back.": (
        "child.source_id",
        "family.source_id",
    ),
    "Named nothing but itself: made by chance, or a place in a list.": (
        "account_session.key_hash",
        "child.public_id",
        "family_request.public_id",
        "family_request.sending_key",
        "temporary_password.secret_hash",
    ),
    "The proof that it was asked and done: days and kinds, without a word of the family.": (
        "family_erasure",
        "family_request.expected_on",
        "family_request.kind",
        "family_request.sent_at",
        "family_request.state",
        "request_event.at",
        "request_event.kind",
        "request_event.undone_at",
    ),
    "Who of the town hall acted: a clerk's name is theirs.": (
        "journal_entry.acted_by",
        "request_event.acted_by",
    ),
    "An empty line of the journal: that something happened, to nobody; a year.": (
        "journal_entry.at",
        "journal_entry.event",
    ),
    "An empty row, whose number must serve nobody else: the purge takes it within a month.": (
        "email_change.created_at",
        "email_change.expires_at",
        "outbox_mail.attempts",
        "outbox_mail.by_town_hall",
        "outbox_mail.created_at",
        "outbox_mail.due_at",
        "outbox_mail.kind",
        "temporary_password.by_letter",
        "temporary_password.created_at",
        "temporary_password.expires_at",
    ),
    "Whether the town's files named the family.": ("family.missing_since",),
    "Counts failures under an identifiant that is nobody's any more; a day.": ("throttle",),
    "The files of the town's own software, as it handed them over; the purge takes them.": (
        "import_upload",
    ),
    "How many rows the town hall's files changed: nothing of anybody.": ("import_run",),
    "Of those who work at the town hall, who may be parents too: not the family's.": (
        "clerk_account",
        "clerk_service",
        "clerk_session",
        "clerk_wish",
    ),
    "What the town hall often answers: of no family.": ("ready_answer",),
    "What the town offers, and when: of no family.": (
        "calendar_span",
        "closing",
        "place.capacity",
        "invoiced_month",
        "service",
        "service_day",
        "service_group",
        "service_link",
        "tariff",
    ),
    "How many meals were ordered of whoever cooks: figures of nobody.": ("meal_order",),
    "The portal's own work, by numbers of rows: it holds nothing of a parent.": ("job",),
}
