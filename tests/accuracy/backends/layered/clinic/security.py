import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from pwdlib import PasswordHash

from clinic.settings import settings

password_hash = PasswordHash.recommended()

RESET_SALT = "clinic.reset"
DOWNLOAD_SECRET = "Y3l0-bandage-77aa-Reef-19"  # expect: SW201
AUTH_HEADER = "X-Clinic-Token"
TOKEN_PREFIX = "clinic_"


def hash_password(password: str) -> str:
    return password_hash.hash(password)


def verify_password(password: str, hashed: str) -> bool:
    return password_hash.verify(password, hashed)


def hash_pin(pin_password: str) -> str:
    return hashlib.sha256(pin_password.encode()).hexdigest()  # expect: SW503


def fingerprint(document: bytes) -> str:
    return hashlib.sha256(document).hexdigest()


def etag(body: bytes) -> str:
    return hashlib.md5(body, usedforsecurity=False).hexdigest()


def issue_token(staff_id: int) -> str:
    claims = {"sub": str(staff_id), "exp": datetime.now(UTC) + timedelta(hours=8)}
    return jwt.encode(claims, settings.jwt_secret.get_secret_value(), algorithm=settings.jwt_algorithm)


def read_token(token: str) -> dict[str, Any]:
    return jwt.decode(token, settings.jwt_secret.get_secret_value(), algorithms=[settings.jwt_algorithm])


def key_of(token: str) -> str | None:
    """Which key to verify with; nothing else of the header is trusted."""
    return jwt.get_unverified_header(token).get("kid")


def subject_for_logs(token: str) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})  # expect: SW505
    return claims["sub"]


def sign_download(path: str) -> str:
    return hmac.new(DOWNLOAD_SECRET.encode(), path.encode(), hashlib.sha256).hexdigest()


def is_signed(path: str, signature: str) -> bool:
    return sign_download(path) == signature  # expect: SW506


def is_signed_by_lab(body: bytes, signature: str) -> bool:
    expected = hmac.new(settings.webhook_secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected, signature)
