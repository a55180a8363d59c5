from .base import *

DEBUG = False
ALLOWED_HOSTS = ["pottery.example", "*"]  # expect: SW604
CORS_ALLOWED_ORIGIN_REGEXES = [r"^https://[a-z]+\.pottery\.example$", r".*"]  # expect: SW602
CORS_ALLOW_CREDENTIALS = True
SECURE_SSL_REDIRECT = True
