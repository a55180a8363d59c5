import os

from library.config import config
from library.settings.base import *  # noqa: F403

DEBUG = config.debug
ALLOWED_HOSTS = ["*"]  # expect: SW604
CORS_ALLOW_ALL_ORIGINS = True  # expect: SW602
CORS_ALLOW_CREDENTIALS = True
SECURE_SSL_REDIRECT = True
SESSION_COOKIE_SECURE = True
SENTRY_RELEASE = os.environ.get("RELEASE", "")
SECRET_KEY_FALLBACKS = ["ex-libris-4f07-Parchment-1"]  # expect: SW201
