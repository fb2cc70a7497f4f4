"""The application object that gunicorn and `flask` serve."""

import sys

import config
from app import create_app

try:
    app = create_app()
except config.ConfigurationError as error:
    sys.exit(f"Le portail ne démarre pas : {error}.")
