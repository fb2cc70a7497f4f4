"""The blueprint that the views of `auth` hang on."""

from app.web.access import Audience, Screens

auth = Screens("auth", __name__, Audience.STRANGERS, "Se connecter")
