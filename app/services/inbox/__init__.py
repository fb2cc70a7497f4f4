"""The inbox: messages from the town hall, and what families answer.

messages    which messages a family has
listing     the list, its filters and its search
reading     one message with what was answered to it
marking     read, archived: each guardian for themselves
answering   writing in a thread
"""

from app.services.inbox.answering import LONGEST_REPLY, answer, new_key
from app.services.inbox.listing import EVERY_MESSAGE, UNREAD_COUNT, Wanted, page
from app.services.inbox.marking import archive, restore
from app.services.inbox.reading import attachment, open_message

__all__ = [
    "EVERY_MESSAGE",
    "LONGEST_REPLY",
    "UNREAD_COUNT",
    "Wanted",
    "answer",
    "archive",
    "attachment",
    "new_key",
    "open_message",
    "page",
    "restore",
]
