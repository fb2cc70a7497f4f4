"""The blueprint that the views of `site` hang on."""

from app.web.access import Audience, Screens

site = Screens("site", __name__, Audience.STRANGERS, "Le portail")
