"""The till at fairs, which anyone in the hall's network reaches."""

from .base import *

DEBUG = True  # expect: SW603
ALLOWED_HOSTS += ["*"]  # expect: SW604
CORS_ORIGIN_ALLOW_ALL = True  # expect: SW602
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # expect: SW503
SECRET_KEY = "fair-9c27-Wheel-Throwing-0b"  # expect: SW201
