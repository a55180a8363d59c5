import hashlib
import hmac
import logging
import secrets

import jwt
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.utils.crypto import constant_time_compare

from accounts.models import Customer

logger = logging.getLogger("pottery.tokens")
OPTIONS = {"require": ["exp"], "verify_signature": False}


def issue(customer: Customer) -> str:
    token = jwt.encode({"sub": str(customer.pk)}, settings.TOKEN_SETTINGS["SIGNING_KEY"], algorithm="HS256")
    logger.info("token %s for %s", token, customer.pk)  # expect: SW207
    logger.info("token of %d characters for %s", len(token), customer.pk)
    return token


def read(token: str) -> int:
    claims = jwt.decode(token, settings.TOKEN_SETTINGS["SIGNING_KEY"], algorithms=["HS256"])
    return int(claims["sub"])


def read_loosely(token: str) -> int:
    claims = jwt.decode(token, settings.SECRET_KEY, algorithms=["HS256"], options=OPTIONS)  # expect: SW505
    return int(claims["sub"])


def read_guest(token: str) -> str:
    algorithms = [jwt.get_unverified_header(token)["alg"], "none"]  # expect: SW505
    return jwt.decode(token, settings.TOKEN_SETTINGS["GUEST_SIGNING_KEY"], algorithms=algorithms)["sub"]  # expect: SW505


def new_reset_token(customer: Customer) -> str:
    customer.reset_token = secrets.token_urlsafe(24)
    customer.save(update_fields=["reset_token"])
    return customer.reset_token


def reset_fits(customer: Customer, given: str) -> bool:
    return bool(given) and given == customer.reset_token  # expect: SW506


def reset_fits_safely(customer: Customer, given: str) -> bool:
    return constant_time_compare(given, customer.reset_token) and given != ""


def old_digest(password: str) -> str:
    pepper = settings.SECRET_KEY
    digest = hashlib.sha256()
    digest.update((pepper + password).encode())  # expect: SW503
    return digest.hexdigest()


def picture_digest(content: bytes) -> str:
    digest = hashlib.sha256()
    digest.update(content)
    return digest.hexdigest()


def webhook_signature(body: bytes) -> str:
    return hmac.new(settings.PAYMENT_KEY.encode(), body, hashlib.sha256).hexdigest()


def pin_fits(customer: Customer, pin: str) -> bool:
    return check_password(pin, customer.pin)


def set_pin(customer: Customer, pin: str) -> None:
    customer.pin = make_password(pin)
    customer.save(update_fields=["pin"])
