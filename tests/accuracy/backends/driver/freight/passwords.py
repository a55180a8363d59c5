"""One place for hashing."""

import hashlib
import hmac
import secrets
from typing import Any

import bcrypt
import jwt
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from freight.config import settings

_hasher = PasswordHasher()

ISSUER = "freight"
PARTNER_KEYS = {
    "north": "nk_51bd9a7f03ce48",  # expect: SW201
    "east": "",
}
PUBLIC_KEY = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----"
MANIFEST = (
    "-----BEGIN PRIVATE KEY-----\n"  # expect: SW202
    "MC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n"
    "-----END PRIVATE KEY-----\n"
)
KEY_NAMES = {"north": "x-north-key", "east": "x-east-key"}


def hash_password(password: str) -> str:
    return _hasher.hash(password)


def verify_password(password: str, stored: str) -> bool:
    try:
        return _hasher.verify(stored, password)
    except VerifyMismatchError:
        return False


def driver_hash(password: str) -> str:
    digest = hashlib.new("sha256")
    digest.update(password.encode())  # expect: SW503
    return digest.hexdigest()


def quick_hash(password: str) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), b"freight", 10)  # expect: SW503


def slow_hash(password: str) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), secrets.token_bytes(16), 600_000)


def device_hash(password: str) -> bytes:
    return bcrypt.hashpw(password.encode("utf-8"), bcrypt.gensalt(12))  # expect: SW507


def device_hash_cut(password: str) -> bytes:
    return bcrypt.hashpw(password.encode("utf-8")[:72], bcrypt.gensalt(12))


def checksum(payload: bytes) -> str:
    return hashlib.md5(payload).hexdigest()


def token(account: int) -> str:
    return jwt.encode({"sub": str(account), "iss": ISSUER}, settings.token_key.get_secret_value(), algorithm="HS256")


def claims(value: str) -> dict[str, Any]:
    return jwt.decode(value, settings.token_key.get_secret_value(), algorithms=["HS256"], issuer=ISSUER)


def claims_of_partner(value: str) -> dict[str, Any]:
    return jwt.decode(value, settings.token_key.get_secret_value(), options={"verify_signature": False})  # expect: SW505


def partner_signature(body: bytes, partner: str) -> str:
    return hmac.new(PARTNER_KEYS[partner].encode(), body, hashlib.sha256).hexdigest()


def partner_signed(body: bytes, partner: str, signature: str) -> bool:
    return partner_signature(body, partner) == signature  # expect: SW506


def partner_signed_safely(body: bytes, partner: str, signature: str) -> bool:
    return hmac.compare_digest(partner_signature(body, partner), signature)


def same_file(one: bytes, other: bytes) -> bool:
    return checksum(one) == checksum(other)
