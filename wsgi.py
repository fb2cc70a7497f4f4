"""The application object that gunicorn and `flask` serve."""

import sys
from typing import NoReturn

import config
from app import background, create_portal
from app.mailer.failures import MailSettingsError

# gunicorn stops at this status; at any other it would start its workers again for ever.
CANNOT_START = 3


def _stop(reason: str) -> NoReturn:
    sys.stderr.write(f"Le portail ne démarre pas\u00a0: {reason}.\n")
    sys.exit(CANNOT_START)


try:
    app = create_portal()
except (config.ConfigurationError, MailSettingsError) as error:
    _stop(str(error))
except OSError as error:
    _stop(f"{error.filename} est inutilisable ({error.strerror})")
background.begin(app)
