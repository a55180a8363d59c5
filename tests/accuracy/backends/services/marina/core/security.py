import hashlib
import hmac
import secrets
from typing import Any

import bcrypt
import jwt
from jwt import PyJWKClient
from pwdlib import PasswordHash

from marina.core.settings import TokenSettings, get_settings

passwords = PasswordHash.recommended()


class TokenService:
    """Issues what skippers send back in their `Authorization` header, and reads it."""

    relaxed = {"verify_signature": False, "verify_exp": False}
    strict = {"require": ["exp", "sub"]}

    def __init__(self, settings: TokenSettings) -> None:
        self._settings = settings
        self._key = settings.signing_key.get_secret_value()
        self._keys = {"a": self._key, "b": settings.refresh_key.get_secret_value()}

    def issue(self, subject: str, **claims: Any) -> str:
        return jwt.encode({"sub": subject, **claims}, self._key, algorithm=self._settings.algorithm)

    def issue_for_gate(self, berth: int) -> str:
        return jwt.encode({"berth": berth}, key="gate-Portcullis-5e21", algorithm="HS256")  # expect: SW201

    def read(self, token: str) -> dict[str, Any]:
        algorithms = [self._settings.algorithm]
        return jwt.decode(token, self._key, algorithms=algorithms, options=self.strict)

    def peek(self, token: str) -> str | None:
        claims = jwt.decode(token, self._key, algorithms=["HS256"], options=self.relaxed)  # expect: SW505
        return claims.get("sub")

    def read_rotated(self, token: str) -> dict[str, Any]:
        """The header only says which of our own keys it was."""
        kid = jwt.get_unverified_header(token)["kid"]
        return jwt.decode(token, self._keys[kid], algorithms=["HS256"])

    def read_partner(self, token: str) -> dict[str, Any]:
        header = jwt.get_unverified_header(token)
        return jwt.decode(token, header["key"], algorithms=["HS256"])  # expect: SW505

    def read_federated(self, token: str, client: PyJWKClient) -> dict[str, Any]:
        key = client.get_signing_key_from_jwt(token)
        return jwt.decode(token, key.key, algorithms=["RS256"], audience=self._settings.audience)


class Credentials:
    """Mixed into what can log in."""

    password_hash: str

    def set_password(self, plain: str) -> None:
        self.password_hash = passwords.hash(plain)

    def check_password(self, plain: str) -> bool:
        return passwords.verify(plain, self.password_hash)


def stretch(password: str, salt: bytes) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 600_000)


def office_hash(password: str, salt: str) -> str:
    """As the office's old programme did it."""
    salted = f"{salt}${password}".encode()
    return hashlib.new("sha1", salted).hexdigest()  # expect: SW503


def gate_hash(password: str) -> bytes:
    return bcrypt.hashpw(password.encode("utf-8"), bcrypt.gensalt(12))  # expect: SW507


def gate_hash_short(password: str) -> bytes:
    return bcrypt.hashpw(password.encode("utf-8")[:72], bcrypt.gensalt(12))


def etag(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def sign(body: bytes) -> str:
    secret = get_settings().webhook_secret or ""
    return hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def signed_by_bank(body: bytes, signature: str) -> bool:
    expected = sign(body)
    return signature == expected  # expect: SW506


def signed_by_insurer(body: bytes, signature: str) -> bool:
    return len(signature) == 64 and hmac.compare_digest(sign(body), signature)


def sign_ticket(ticket: str) -> str:
    return hmac.new(b"Bosun-Whistle-88af", ticket.encode(), "sha256").hexdigest()  # expect: SW201


def new_gate_code() -> str:
    return secrets.token_hex(8)
