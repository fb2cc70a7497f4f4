"""The blueprint that the views of `auth` hang on."""

from datetime import timedelta

from app.web.access import Audience, Screens
from app.web.cookies import Cookie

# Marks a device that proved whose it is: others' failures never make it wait.
DEVICE = Cookie("appareil", timedelta(days=365))

auth = Screens("auth", __name__, Audience.STRANGERS, "Se connecter")
