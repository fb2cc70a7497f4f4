"""The blueprint that the screens of the town hall hang on."""

from app.web import clerk_access
from app.web.access import Audience, Screens

town_hall = Screens("town_hall", __name__, Audience.TOWN_HALL, "Espace mairie")
town_hall.before_request(clerk_access.stay_inside)
