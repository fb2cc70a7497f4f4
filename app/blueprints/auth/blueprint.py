"""The blueprint that the views of `auth` hang on."""

from flask import Blueprint

auth = Blueprint("auth", __name__)
