import os
from pathlib import Path

import environ

BASE_DIR = Path(__file__).resolve().parent.parent.parent

env = environ.Env(DEBUG=(bool, False))
environ.Env.read_env(BASE_DIR / ".env")

SECRET_KEY = env("SECRET_KEY")
DEBUG = env("DEBUG")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
AUTH_USER_MODEL = "accounts.Customer"
ROOT_URLCONF = "pottery.urls"
CSRF_COOKIE_NAME = "csrftoken"
PASSWORD_RESET_TIMEOUT = 3600

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "corsheaders",
    "rest_framework",
    "rest_framework.authtoken",
    "accounts",
    "catalogue",
    "orders",
]

MIDDLEWARE = [
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "orders.middleware.VisitMiddleware",
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "pottery",
        "USER": "pottery",
        "PASSWORD": env("DATABASE_PASSWORD", default=""),
        "HOST": "localhost",
    },
    "archive": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "archive",
        "USER": "archive",
        "PASSWORD": "Celadon-14-Glaze-Vat",  # expect: SW201
        "HOST": "archive.pottery.internal",
    },
}

EMAIL_HOST = "smtp.pottery.example"
EMAIL_HOST_USER = "shop"
EMAIL_HOST_PASSWORD = os.getenv("EMAIL_HOST_PASSWORD", "Slipware-55-Bisque")  # expect: SW204
PAYMENT_KEY = env.str("PAYMENT_KEY", default="")
CHECKOUT = ("https://pay.example", "sk_live_7hYpQ2nVb8XcM4tRzL0kWd3F")  # expect: SW202
CELERY_BROKER_URL = "amqp://shop:Kaolin-88-Trimming@mq.pottery.internal:5672/shop"  # expect: SW203
CELERY_RESULT_BACKEND = "redis://localhost:6379/3"
TOKEN_SETTINGS = {
    "ALGORITHM": "HS256",
    "SIGNING_KEY": SECRET_KEY,
    "GUEST_SIGNING_KEY": "burnish-4471-Engobe-kiln",  # expect: SW201
    "AUTH_HEADER": "HTTP_X_TOKEN",
}
REST_FRAMEWORK = {
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PAGINATION_CLASS": "catalogue.views.ShelfPages",
    "PAGE_SIZE": 25,
}
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
CORS_ALLOWED_ORIGINS = ["https://pottery.example"]
