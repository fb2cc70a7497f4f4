"""What « Mes données » does not tell, and why: a whole table, or a column of one that it tells.

The numbers that tie rows together, keys of their own and of others, go without saying.
"""

LEFT_OUT = {
    "Counts failures and requests under keys made of identifiants, addresses and devices; a day.": (
        "throttle",
    ),
    "What a form could not take, shown again in its form by the browser that sent it; 12 hours.": (
        "draft",
    ),
    "That an address, which is told, sends our mails back: home says so as long as it does.": (
        "refused_address",
    ),
    "The portal's own work, by numbers of rows: it holds nothing of a parent.": ("job",),
    "What the town hall took back is not in the archive: it was given by mistake.": (
        "document.withdrawn_at",
        "message.withdrawn_at",
    ),
    "Which messages and documents the family has: told by themselves.": (
        "document.for_some",
        "document.shown_from",
        "document.shown_until",
        "document.target_words",
        "message.for_some",
        "message.unsent",
    ),
    "How the town hall went about a message: to whom else, when, who wrote it.": (
        "message_sending",
    ),
    "The files of the town's own software, as it handed them over; 30 days.": ("import_upload",),
    "The same rows as they were before the last import, to undo it; 30 days.": ("import_change",),
    "Which files the town hall handed over, and how many rows they changed.": ("import_run",),
    "Of somebody at the town hall, who may be a parent too: another access, for their work.": (
        "clerk_account",
        "clerk_session",
    ),
    "What the town hall often answers, to whomever.": ("ready_answer",),
    "A child of somebody else, who was in the family's file by mistake.": ("kept_out",),
    "Notes of the town hall, which may speak of others: asked of it, as the screen says there.": (
        "family_note",
    ),
    "A secret, of which only a fingerprint is kept: nobody can read it.": (
        "account.password_hash",
        "account_session.key_hash",
        "temporary_password.secret_hash",
    ),
    "Opens a page or a file of this portal: worth nothing to its owner elsewhere.": (
        "child.public_id",
        "document.public_id",
        "family_request.public_id",
        "invoice.public_id",
        "message.public_id",
        "message_attachment.public_id",
        "request_file.public_id",
    ),
    "Whether the town's own files still name the family.": ("family.missing_since",),
    "Added up from what was paid of each invoice, which is told.": ("invoice.allocated",),
    "How the town's own software names the row.": (
        "child.source_id",
        "document.source_id",
        "family.source_id",
        "invoice.source_id",
        "message.source_id",
        "payment.source_id",
    ),
    "Drawn with a form, so that a double click sends once.": (
        "family_request.sending_key",
        "message_reply.sending_key",
    ),
    "Whoever is archived cannot sign in, and so cannot ask for this archive.": (
        "account.archived_at",
        "account.closed_at",
        "child.erased_at",
        "family.archived_at",
        "family.erased_at",
        "family_erasure",
    ),
    "Told by the order of the list.": (
        "guardian.rank",
        "invoice_line.position",
        "message_reply.waits_since",
    ),
    "Another form of words that are told.": (
        "family.folded_name",
        "family_word",
        "message.folded",
        "outbox_mail.identifier",
    ),
    "What the portal does with it, not what it says: an answer is taken, « Nouveau » is shown.": (
        "document.added_at",
        "message.answerable",
    ),
    "How the queue goes about a mail: tries, and numbers of the rows that the mail speaks of.": (
        "outbox_mail.attempts",
        "outbox_mail.by_town_hall",
        "outbox_mail.context",
        "outbox_mail.due_at",
        "outbox_mail.last_error",
    ),
    "What an answer replaced, kept for whoever goes back on it within minutes; a day at most.": (
        "request_event.before",
    ),
    "What the town hall went back on before the family was told is not told.": (
        "request_event.undone_at",
    ),
    "For those who look after the portal: numbers of rows and of lines in its log.": (
        "journal_entry.details",
        "journal_entry.request_id",
    ),
    "Who of the town hall acted: a clerk's name is theirs, the family has dealt with the town.": (
        "accepted_value.acted_by",
        "document.acted_by",
        "message_reply.acted_by",
        "request_event.acted_by",
    ),
    "Told by the file itself, which is in the archive.": (
        "document.file_size",
        "message_attachment.file_size",
        "request_file.file_size",
    ),
}
