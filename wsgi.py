"""The application object that gunicorn and `flask` serve."""

import sys

import config
from app import create_app
from app.mailer.failures import MailSettingsError

try:
    app = create_app()
except (config.ConfigurationError, MailSettingsError) as error:
    sys.exit(f"Le portail ne démarre pas : {error}.")
except OSError as error:
    sys.exit(f"Le portail ne démarre pas : {error.filename} est inutilisable ({error.strerror}).")
