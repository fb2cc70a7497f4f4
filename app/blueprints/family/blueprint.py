"""The blueprint that the views of `family` hang on."""

from flask import Blueprint

family = Blueprint("family", __name__)
