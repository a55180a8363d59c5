from pathlib import Path

from library.config import config

BASE_DIR = Path(__file__).resolve().parents[2]

SECRET_KEY = config.secret_key
DEBUG = True  # expect: SW603
ALLOWED_HOSTS = config.allowed_hosts

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "corsheaders",
    "rest_framework",
    "catalog",
    "members",
    "api",
]
MIDDLEWARE = [
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "members.middleware.LastSeen",
]
ROOT_URLCONF = "library.urls"
AUTH_USER_MODEL = "members.Member"

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "library",
        "USER": "library",
        "PASSWORD": config.database_password,
        "HOST": "db.internal",
    },
    "archive": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "archive",
        "USER": "archivist",
        "PASSWORD": "Quarto-11-Octavo",  # expect: SW201
    },
}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://:Binding-Glue-71@cache.internal:6379/1",  # expect: SW203
        "KEY_PREFIX": "library",
    },
    "pages": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": "redis://cache.internal:6379/2",
    },
}

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
]
PASSWORD_RESET_TIMEOUT = 3600
SESSION_COOKIE_NAME = "library_session"
CSRF_HEADER_NAME = "HTTP_X_CSRFTOKEN"

EMAIL_HOST = "mail.internal"
EMAIL_HOST_PASSWORD = "Paper-Knife-2288"  # expect: SW201

CORS_ALLOWED_ORIGINS = ["https://library.example"]
LOGIN_URL = "/members/login"
STATIC_URL = "static/"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
