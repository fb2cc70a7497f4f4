"""The blueprint that the screens of the town hall hang on."""

from app.services.clerks import computers
from app.web import clerk_access
from app.web.access import Audience, Screens
from app.web.cookies import Cookie

# Marks a computer where a clerk is not asked for a code for a month.
COMPUTER = Cookie("ordinateur", computers.LASTING)

town_hall = Screens("town_hall", __name__, Audience.TOWN_HALL, "Espace mairie")
town_hall.before_request(clerk_access.stay_inside)
