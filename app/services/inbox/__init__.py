"""The inbox: messages from the town hall, and what families answer.

messages    which messages a family has
listing     the list, its filters and its search
reading     one message with what was answered to it
marking     read, archived: each guardian for themselves
answering   what a guardian answers
replies     writing in a thread, whoever writes
desk        the town hall reads and answers
"""

from app.services.inbox.answering import answer
from app.services.inbox.listing import (
    EVERY_MESSAGE,
    UNREAD_COUNT,
    MessageLine,
    Wanted,
    latest,
    page,
)
from app.services.inbox.marking import archive, restore
from app.services.inbox.reading import attachment, open_message
from app.services.inbox.replies import LONGEST_REPLY

__all__ = [
    "EVERY_MESSAGE",
    "LONGEST_REPLY",
    "UNREAD_COUNT",
    "MessageLine",
    "Wanted",
    "answer",
    "archive",
    "attachment",
    "latest",
    "open_message",
    "page",
    "restore",
]
