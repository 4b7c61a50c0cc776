"""Lets the demo shop into the database of a production form under test; the servers themselves refuse it."""

from tests.journeys.settings import *  # noqa: F403
from tests.journeys.settings import env

ALLOW_DEMO_SHOP = True
DEMO_PASSWORD = env.str("DEMO_PASSWORD")
