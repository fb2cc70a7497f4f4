"""The blueprint that the views of `family` hang on."""

from app.web.access import Audience, Screens

family = Screens("family", __name__, Audience.FAMILY, "Votre famille")
