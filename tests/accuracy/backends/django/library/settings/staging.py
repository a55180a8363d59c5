"""What the librarians try new versions on; the internet can reach it."""

from library.settings.base import *  # noqa: F403

DEBUG = True  # expect: SW603
ALLOWED_HOSTS = [".library.example", "*"]  # expect: SW604
CORS_ORIGIN_ALLOW_ALL = True  # expect: SW602
CSRF_COOKIE_SECURE = True
