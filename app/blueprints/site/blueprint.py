"""The blueprint that the views of `site` hang on."""

from flask import Blueprint

site = Blueprint("site", __name__)
