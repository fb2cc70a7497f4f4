"""Forms with files: what is read of them, how many at once, and how much in a day."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import wraps

from flask import request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from app.gates import Crowded, Gate
from app.services.accounts import allowances
from app.services.accounts.allowances import KIBIBYTE, Allowance
from app.services.accounts.drafts import Draft
from app.services.files import uploads
from app.services.files.uploads import Accepted, CheckedFile, Upload, UploadRefused
from app.services.importing import uploading
from app.services.refusals import Refusal
from app.settings import in_this_town
from app.web import drafts
from app.web.access import Audience, audience_of, current_account
from app.web.bodies import A_FLOOD, read_away
from app.web.forms import back_to_page, owner

View = Callable[..., ResponseReturnValue]
Passing = Callable[[], AbstractContextManager[None]]

UNREAD = (
    f"Rien n’est envoyé\u00a0: vos fichiers sont trop lourds. Un fichier pèse "
    f"{uploads.LARGEST_MEBIBYTES}\u00a0Mo au plus. Choisissez-en de plus légers."
)
CROWDED = (
    "Rien n’est envoyé\u00a0: plusieurs personnes envoient des fichiers en ce moment. "
    "Attendez quelques secondes, puis recommencez."
)
# What has no file is as light as any form.
LIGHT_BYTES = 256 * KIBIBYTE
# Each is written to the disk as it comes, then drawn anew.
_reading = Gate(at_once=3)
TOO_LARGE = (
    f"Rien n’est envoyé\u00a0: vos fichiers pèsent plus de {uploading.LARGEST_MEBIBYTES}\u00a0Mo. "
    "Demandez l’import à la personne qui s’occupe du serveur\u00a0: flask import."
)
ANOTHER = "Rien n’est envoyé\u00a0: un autre envoi est en cours. Recommencez dans un instant."
_importing = Gate()
NO_FILE = "Choisissez un fichier."
ONE_FILE = "Choisissez un seul fichier."


def takes_files(view: View) -> View:
    """Read all that a form with files may send; a flood is not read, and loses no answer.

    Heavy ones are read a few at once, one of each sender, and of a family so many bytes in a day.
    """
    return _takes(view, lambda: uploads.MOST_BYTES, _passing_as_sender, UNREAD, CROWDED)


def takes_an_import(view: View) -> View:
    """Read all that the town's software may export, one at a time: it is written to the disk."""
    return _takes(view, lambda: uploading.LARGEST, _importing.passing, TOO_LARGE, ANOTHER)


def _takes(
    view: View, most: Callable[[], int], passing: Passing, too_large: str, crowded: str
) -> View:
    """Read up to so many bytes, whatever is heavy inside `passing`; say why when it is not read."""

    @wraps(view)
    def reading(**arguments: str) -> ResponseReturnValue:
        request.max_content_length = most()
        if (request.content_length or 0) <= LIGHT_BYTES:
            return view(**arguments)
        try:
            with passing():
                request.files  # noqa: B018 (read now)
                return view(**arguments)
        except RequestEntityTooLarge:
            return _unread(too_large)
        except Crowded:
            return _unread(crowded)
        except Refusal as refused:
            return _unread(str(refused))

    return reading


@contextmanager
def _passing_as_sender() -> Iterator[None]:
    with _reading.passing(in_this_town(owner())):
        if audience_of(request.endpoint or "") is Audience.FAMILY:
            kibibytes = (request.content_length or 0) // KIBIBYTE
            allowances.spend_now(current_account().account_id, Allowance.UPLOADS, kibibytes)
        yield


def checked_files(
    sent: list[FileStorage],
    accepted: Accepted,
    *,
    needed: bool,
    only_one: bool = False,
    longest_side: int = uploads.LONGEST_SIDE,
) -> list[CheckedFile]:
    """Look into what was sent. Raises UploadRefused."""
    chosen = [each for each in sent if each.filename]
    if needed and not chosen:
        raise UploadRefused(NO_FILE)
    if only_one and len(chosen) > 1:
        raise UploadRefused(ONE_FILE)
    if len(chosen) > uploads.MOST_FILES:
        raise UploadRefused(uploads.TOO_MANY)
    read = [Upload(each.filename or "", each.read(uploads.LARGEST + 1)) for each in chosen]
    return uploads.check(read, accepted, longest_side)


def _unread(why: str) -> Response:
    read_away(A_FLOOD)
    page = drafts.page_of_form() or ""
    before = drafts.find(owner(), page) or Draft()
    return back_to_page(Draft(before.typed, {"": [why]}), drafts.step() or drafts.CORRECTION)
