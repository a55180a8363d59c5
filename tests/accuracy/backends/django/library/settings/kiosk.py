"""The terminals in the reading rooms."""

from library.settings.base import *  # noqa: F403

DEBUG = False
ALLOWED_HOSTS = ["kiosk.library.example"]
CORS_ALLOWED_ORIGIN_REGEXES = [r"^https?://.*$"]  # expect: SW602
CSRF_TRUSTED_ORIGINS = ["https://*.library.example"]
