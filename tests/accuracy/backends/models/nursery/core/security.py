import hashlib
import hmac
import os
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any

import bcrypt
import jwt
from passlib.context import CryptContext
from passlib.hash import argon2

from nursery.core.config import settings

modern = CryptContext(schemes=["argon2"])
mixed = CryptContext(schemes=["argon2", "bcrypt"])  # expect: SW507

PEPPER = os.environ["PEPPER"]  # expect: SW606
UNUSABLE_PASSWORD = "!"
DEFAULT_SCOPE = "plants:read"


def hash_password(password: str) -> str:
    return argon2.hash(password)


def verify_password(password: str, hashed: str) -> bool:
    return argon2.verify(password, hashed)


def hash_with_pepper(password: str) -> str:
    return hashlib.sha512((PEPPER + password).encode()).hexdigest()  # expect: SW503


def hash_slowly(password: str, salt: bytes) -> str:
    return hashlib.scrypt(password.encode(), salt=salt, n=2**15, r=8, p=1).hex()


def hash_bcrypt(password: str) -> str:
    encoded = password.encode()
    return bcrypt.hashpw(encoded, bcrypt.gensalt()).decode()  # expect: SW507


def hash_bcrypt_guarded(password: str) -> str:
    encoded = password.encode()
    if len(encoded) > 72:
        raise ValueError("The password is too long")
    return bcrypt.hashpw(encoded, bcrypt.gensalt()).decode()


def hash_bcrypt_folded(password: str) -> str:
    folded = b64encode(hashlib.sha256(password.encode()).digest())
    return bcrypt.hashpw(folded, bcrypt.gensalt()).decode()


def cache_key(url: str) -> str:
    return hashlib.sha1(url.encode()).hexdigest()


def breached_prefix(password: str) -> str:
    """The part of the digest that is asked for at the service for leaked passwords."""
    return hashlib.sha1(password.encode()).hexdigest().upper()[:5]


def create_token(user_id: int) -> str:
    payload = {"sub": str(user_id), "exp": datetime.now(UTC) + timedelta(minutes=settings.access_token_minutes)}
    return jwt.encode(payload, settings.secret_key.get_secret_value(), algorithm=settings.token_algorithm)


def decode_token(token: str) -> dict[str, Any]:
    return jwt.decode(token, settings.secret_key.get_secret_value(), algorithms=["HS256"])


def decode_service_token(token: str) -> dict[str, Any]:
    header = jwt.get_unverified_header(token)
    key = header["jwk"]["k"]
    return jwt.decode(token, key, algorithms=["HS256"])  # expect: SW505


def decode_with_known_key(token: str, keys: dict[str, str]) -> dict[str, Any]:
    key_id = jwt.get_unverified_header(token)["kid"]
    return jwt.decode(token, keys[key_id], algorithms=["RS256"])


def webhook_is_genuine(body: bytes, signature: str) -> bool:
    digest = hmac.new(settings.secret_key.get_secret_value().encode(), body, "sha256").hexdigest()
    if signature != digest:  # expect: SW506
        return False
    return True


def is_greenhouse(password: str) -> bool:
    return password == "Hothouse-4-Pane!"  # expect: SW201


def is_unusable(password: str) -> bool:
    return password == UNUSABLE_PASSWORD or password == ""


def api_key_is_known(given: str, known: list[str]) -> bool:
    return any(hmac.compare_digest(given, one) for one in known)
