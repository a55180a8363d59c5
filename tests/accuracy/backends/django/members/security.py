import hashlib
import hmac

import jwt
from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.utils.crypto import constant_time_compare

CARD_KEY = "vellum:6b0c-Bind-1f"  # expect: SW201
PASSWORD_RESET_SUBJECT = "Your new password"
PERMISSION_TOKEN = "catalog.change_book"


def hash_pin(pin: str) -> str:
    return make_password(pin)


def check_pin(pin: str, hashed: str) -> bool:
    return check_password(pin, hashed)


def card_password_digest(password: str) -> str:
    return hashlib.sha1(password.encode()).hexdigest()  # expect: SW503


def gravatar(email: str) -> str:
    return hashlib.md5(email.lower().encode()).hexdigest()


def card_signature(card: str) -> str:
    return hmac.new(CARD_KEY.encode(), card.encode(), hashlib.sha256).hexdigest()


def card_is_genuine(card: str, signature: str) -> bool:
    return signature == card_signature(card)  # expect: SW506


def card_is_genuine_safely(card: str, signature: str) -> bool:
    return constant_time_compare(signature, card_signature(card))


def kiosk_claims(token: str) -> dict[str, str]:
    return jwt.decode(token, settings.SECRET_KEY, algorithms=["HS256"])


def kiosk_claims_of_old_readers(token: str) -> dict[str, str]:
    """What PyJWT 1 took as `verify` does nothing since PyJWT 2."""
    return jwt.decode(token, settings.SECRET_KEY, algorithms=["HS256"], verify=False)
