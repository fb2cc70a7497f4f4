"""What is written, asked and kept: messages, requests, and the traces that people leave."""

from collections.abc import Iterator

from app.formats import fold
from app.models import RequestState
from app.services.requests.kinds import KINDS
from benchmarks import town
from benchmarks.great_town.sql import RARE, Dialect, Filled, one_of, rare

MESSAGES_READ = 10
SENDER, SUBJECT = "Service enfance", "Inscriptions de la semaine"
BODY = "Bonjour,\n\nLes inscriptions sont ouvertes.\n\nÀ bientôt."


def words(d: Dialect, families: int) -> Iterator[Filled]:
    own = f"{rare(d, families)} CROSS JOIN {d.numbers('k', town.MESSAGES_OF_THE_SECOND - 1)}"
    for key, family, tables in (
        ("k.n", "NULL", d.numbers("k", town.MESSAGES_FOR_ALL)),
        ("f.n * 256", "f.n", d.numbers("f", families)),
        ("f.n * 256 + k.n", "f.n", own),
    ):
        yield (
            "message",
            f"""
        INSERT INTO message (public_id, source_id, family_id, sent_on, sender, subject, body,
                             folded, answerable)
        SELECT {d.opaque("key")}, key || '', {"NULL" if family == "NULL" else "family"},
               {d.on("key * 7 % 1800")}, '{SENDER}', '{SUBJECT} ' || (key % 52), '{BODY}',
               '{fold(f"{SENDER} {SUBJECT}")} ' || (key % 52) || ' {fold(BODY)}', true
        FROM (SELECT {family} AS family, {key} AS key FROM {tables}) AS made ORDER BY key""",
        )
    yield (
        "message_attachment",
        f"""
        INSERT INTO message_attachment (public_id, message_id, title, file, file_size)
        SELECT {d.opaque("id")}, id, 'Menu', {d.opaque("id")} || '.pdf', 100000
        FROM message WHERE id % 10 = 0 ORDER BY id""",
    )
    yield (
        "message_mark",
        f"""
        INSERT INTO message_mark (account_id, message_id, read_at)
        SELECT a.id, m.id, {d.at("a.id % 300000")}
        FROM account a JOIN message m ON m.id <= {MESSAGES_READ} WHERE a.password_hash IS NOT NULL
        ORDER BY a.id, m.id""",
    )
    yield (
        "message_reply",
        f"""
        INSERT INTO message_reply (message_id, family_id, account_id, written_at, body,
                                   sending_key)
        SELECT 1 + id % {town.MESSAGES_FOR_ALL}, id, id, {d.at("id % 300000")},
               'Merci, c’est noté.', {d.opaque("id * 8")}
        FROM family WHERE id % 5 = 0 ORDER BY id""",
    )
    yield (
        "message_reply",
        f"""
        INSERT INTO message_reply (message_id, family_id, account_id, written_at, body,
                                   sending_key)
        SELECT id, family_id, family_id, {d.at("id % 300000")}, 'Merci, c’est noté.',
               {d.opaque("id * 8 + 1")}
        FROM message WHERE family_id % {RARE} = 2 AND id % {town.ANSWERED} = 0 ORDER BY id""",
    )
    for key, family, last in (("k.n", "NULL", 20), ("k.n * 32", "k.n * 20", families // 20)):
        yield (
            "document",
            f"""
        INSERT INTO document (public_id, source_id, family_id, title, category, published_on, file,
                              file_size)
        SELECT {d.opaque(key)}, ({key}) || '', {family}, 'Règlement ' || k.n, 'Périscolaire',
               {d.on("k.n % 1800")}, {d.opaque(key)} || '.pdf', 100000
        FROM {d.numbers("k", last)} ORDER BY k.n""",
        )


def requests(d: Dialect, families: int) -> Iterator[Filled]:
    """One family of two has asked for something, in every state; the rare ones for much."""
    kind = one_of(tuple(each.key for each in KINDS), "f.n * 8 + k.n")
    # Few are open: the town hall answers.
    answered = (RequestState.ACCEPTED,) * 60 + (RequestState.REFUSED,) * 10
    state = one_of((*answered, *RequestState), "f.n / 2 + k.n")
    yield (
        "family_request",
        f"""
        INSERT INTO family_request (public_id, family_id, account_id, kind, state, details,
                                    sent_at, expected_on, sending_key)
        SELECT {d.opaque("f.n * 64 + k.n")}, f.n, f.n, {kind}, {state}, '{{}}',
               {d.at("f.n % 500000")}, {d.on("f.n % 1800")}, {d.opaque("f.n * 64 + k.n")}
        FROM {d.numbers("f", families)} CROSS JOIN {d.numbers("k", town.REQUESTS)}
        WHERE f.n % {RARE} IN (1, 2) OR (f.n % 2 = 0 AND k.n = 1) ORDER BY f.n, k.n""",
    )
    yield (
        "request_event",
        """
        INSERT INTO request_event (request_id, at, kind, account_id, text)
        SELECT id, sent_at, 'sent', account_id, '' FROM family_request ORDER BY id""",
    )
    yield (
        "request_event",
        """
        INSERT INTO request_event (request_id, at, kind, acted_by, text)
        SELECT id, sent_at, state, 'Brigitte', 'C’est fait.' FROM family_request
        WHERE state IN ('accepted', 'refused') ORDER BY id""",
    )


def traces(d: Dialect) -> Iterator[Filled]:
    """What the portal keeps for a time: sessions, secrets, mails, the journal of a year."""
    parents = "FROM account a WHERE a.password_hash IS NOT NULL"
    yield (
        "account_session",
        f"""
        INSERT INTO account_session (account_id, key_hash, user_agent, created_at, last_seen_at)
        SELECT a.id, {d.opaque("a.id")}, 'Mozilla/5.0', {d.at("a.id % 40000 + 20")},
               {d.at("a.id % 40000")} {parents} ORDER BY a.id""",
    )
    yield (
        "temporary_password",
        f"""
        INSERT INTO temporary_password (account_id, secret_hash, created_at, expires_at, used_at)
        SELECT a.id, {d.opaque("a.id")}, {d.at("a.id % 40000 + 1440")}, {d.at("a.id % 40000")},
               {d.at("a.id % 40000 + 1400")} {parents} ORDER BY a.id""",
    )
    yield (
        "email_change",
        f"""
        INSERT INTO email_change (account_id, address, created_at, expires_at, ended_at)
        SELECT a.id, 'nouveau' || a.id || '@exemple.fr', {d.at("a.id % 40000 + 1440")},
               {d.at("a.id % 40000")}, {d.at("a.id % 40000 + 1400")} {parents} AND a.id % 50 = 1
        ORDER BY a.id""",
    )
    yield (
        "outbox_mail",
        f"""
        INSERT INTO outbox_mail (kind, identifier, context, state, attempts, created_at, due_at,
                                 settled_at, last_error)
        SELECT CASE WHEN k.n = 1 THEN 'credentials' ELSE 'new_message' END, a.identifier, '{{}}',
               CASE WHEN a.id % 200 = 0 THEN 'refused' ELSE 'sent' END, 1, {d.at("a.id % 40000")},
               {d.at("a.id % 40000")}, {d.at("a.id % 40000")}, ''
        FROM account a CROSS JOIN {d.numbers("k", 2)} ORDER BY k.n, a.id""",
    )
    yield (
        "journal_entry",
        f"""
        INSERT INTO journal_entry (at, event, account_id, address, request_id, details)
        SELECT {d.at("(6 - k.n) * 80000 + a.id % 80000")},
               {one_of(("signed_in", "signed_out", "mail_sent", "credentials_requested"), "k.n")},
               a.id, '203.0.113.7', {d.opaque("a.id * 8 + k.n")}, '{{}}'
        FROM {d.numbers("k", 5)} CROSS JOIN account a ORDER BY k.n, a.id""",
    )
    yield (
        "throttle",
        f"""
        INSERT INTO throttle (key, count, expires_at)
        SELECT 'identifier:' || identifier, 1, {d.at("id % 90")} FROM account WHERE id % 50 = 0""",
    )
    yield (
        "refused_address",
        f"""
        INSERT INTO refused_address (address, refused_at, reason)
        SELECT email, {d.at("id % 100000")}, 'Cette boîte n’existe plus.'
        FROM guardian WHERE id % 500 = 0 ORDER BY id""",
    )
