"""What hashes passwords well, what hashes them badly, and what such things are called."""

from __future__ import annotations

import re
from functools import lru_cache

from seawall.patterns import pattern

HASHERS = frozenset({
    "pwdlib.PasswordHash.hash", "pwdlib.hashers.argon2.Argon2Hasher.hash", "pwdlib.hashers.bcrypt.BcryptHasher.hash",
    "passlib.context.CryptContext.hash", "passlib.context.CryptContext.encrypt", "passlib.hash.bcrypt.hash",
    "passlib.hash.argon2.hash", "passlib.hash.pbkdf2_sha256.hash", "passlib.hash.bcrypt_sha256.hash",
    "bcrypt.hashpw", "argon2.PasswordHasher.hash", "argon2.low_level.hash_secret", "argon2.hash_password",
    "werkzeug.security.generate_password_hash", "flask_bcrypt.generate_password_hash",
    "flask_bcrypt.Bcrypt.generate_password_hash", "django.contrib.auth.hashers.make_password", "hashlib.scrypt",
    "scrypt.hash", "nacl.pwhash.str", "nacl.pwhash.argon2id.str",
    "cryptography.hazmat.primitives.kdf.scrypt.Scrypt.derive", "cryptography.hazmat.primitives.kdf.pbkdf2.PBKDF2HMAC.derive",
    "django.contrib.auth.base_user.AbstractBaseUser.set_password", "django.contrib.auth.models.AbstractBaseUser.set_password",
    "django.contrib.auth.models.AbstractUser.set_password", "django.contrib.auth.models.User.set_password",
    "django.contrib.auth.models.UserManager.create_user", "django.contrib.auth.models.UserManager.create_superuser",
    "fastapi_users.password.PasswordHelper.hash", "nacl.pwhash.argon2i.str", "nacl.pwhash.scrypt.str",
    "hashlib.pbkdf2_hmac", "libpass.context.CryptContext.hash",
})  # fmt: skip
"""Functions made for passwords: slow and salted."""

VERIFIERS = frozenset({
    "pwdlib.PasswordHash.verify", "pwdlib.PasswordHash.verify_and_update", "passlib.context.CryptContext.verify",
    "argon2.PasswordHasher.verify", "bcrypt.checkpw", "werkzeug.security.check_password_hash",
    "django.contrib.auth.hashers.check_password", "flask_bcrypt.check_password_hash",
    "flask_bcrypt.Bcrypt.check_password_hash", "passlib.hash.bcrypt.verify", "passlib.hash.argon2.verify",
    "passlib.hash.pbkdf2_sha256.verify", "pwdlib.hashers.argon2.Argon2Hasher.verify",
    "pwdlib.hashers.bcrypt.BcryptHasher.verify", "django.contrib.auth.models.AbstractBaseUser.check_password",
    "django.contrib.auth.models.AbstractUser.check_password", "django.contrib.auth.models.User.check_password",
})  # fmt: skip
"""Their counterparts."""

CONTEXTS = {
    "pwdlib.PasswordHash": ("hash", "verify"),
    "passlib.context.CryptContext": ("hash", "verify"),
    "argon2.PasswordHasher": ("hash", "verify"),
}
"""Classes whose objects hash and verify, and those methods."""

WEAK = {
    "hashlib.md5": "MD5",
    "hashlib.sha1": "SHA-1",
    "hashlib.sha224": "SHA-224",
    "hashlib.sha256": "SHA-256",
    "hashlib.sha384": "SHA-384",
    "hashlib.sha512": "SHA-512",
    "hashlib.sha3_256": "SHA3-256",
    "hashlib.sha3_512": "SHA3-512",
    "hashlib.blake2b": "BLAKE2",
    "hashlib.blake2s": "BLAKE2",
    "hashlib.new": "a plain digest",
    "crypt.crypt": "crypt",
    "passlib.hash.md5_crypt.hash": "MD5",
    "passlib.hash.des_crypt.hash": "DES",
    "passlib.hash.hex_md5.hash": "MD5",
    "passlib.hash.hex_sha1.hash": "SHA-1",
    "passlib.hash.hex_sha256.hash": "SHA-256",
    "passlib.hash.plaintext.hash": "plain text",
}
"""Fast digests, by what people call them."""

WEAK_SCHEMES = frozenset({
    "plaintext", "md5_crypt", "des_crypt", "bsdi_crypt", "bigcrypt", "crypt16", "hex_md4", "hex_md5", "hex_sha1",
    "hex_sha256", "hex_sha512", "ldap_md5", "ldap_sha1", "ldap_plaintext", "lmhash", "nthash", "mysql323", "mysql41",
})  # fmt: skip
"""passlib's schemes that are no password hashes."""

WEAK_DJANGO = {
    "MD5PasswordHasher": "MD5",
    "UnsaltedMD5PasswordHasher": "MD5",
    "SHA1PasswordHasher": "SHA-1",
    "UnsaltedSHA1PasswordHasher": "SHA-1",
    "CryptPasswordHasher": "crypt",
}
"""Django's hashers that are none."""

_PLAIN = pattern(
    r"(?:(?:new|raw|plain|plaintext|clear|user|account|current|given|input|login|master|default|admin|initial|temporary)_?)?(?:password|passwd|pwd|passphrase)"
    r"(?:_?(?:plain|raw|text|new|1|2|str|bytes))?",
    re.I,
)
_STORED = pattern(
    r"(?:(?:hashed|encrypted|user|account)_?)?(?:password|passwd|pwd)(?:_?(?:hash|hashed|digest|encrypted))?", re.I
)
_FURTHER = pattern(r"(\w+?)_(?:password|passwd|pwd)", re.I)
_OF_SYSTEMS = frozenset(
    [
        "smtp",
        "imap",
        "pop",
        "pop3",
        "mail",
        "email",
        "ftp",
        "sftp",
        "ssh",
        "db",
        "database",
        "sql",
        "api",
        "ldap",
        "bind",
        "proxy",
        "redis",
        "broker",
        "queue",
        "server",
        "remote",
        "host",
        "http",
        "https",
        "wifi",
        "wlan",
        "vpn",
        "router",
        "device",
        "camera",
        "printer",
        "pdf",
        "zip",
        "archive",
        "file",
        "cert",
        "certificate",
        "key",
        "keystore",
        "private",
        "share",
        "shared",
        "link",
        "room",
        "meeting",
        "channel",
        "source",
        "target",
        "sync",
        "service",
        "bot",
        "app",
        "application",
        "webhook",
        "basic",
        "rtsp",
        "admin",
        "root",
        "default",
        "old",
        "previous",
        "new",
        "temp",
        "temporary",
        "hint",
        "has",
        "is",
        "needs",
        "need",
        "require",
        "requires",
        "required",
        "force",
        "show",
        "hide",
        "use",
        "set",
        "reset",
        "forgot",
        "change",
        "changed",
        "must",
        "no",
        "without",
        "encrypted",
        "hashed",
        "external",
        "third",
        "party",
        "backup",
        "storage",
        "s3",
        "aws",
        "jira",
        "git",
        "github",
        "gitlab",
        "smb",
        "samba",
        "nas",
    ]
)
"""Words before `password` that say it is no person's, not a password, or not one that stays."""
_HASHING = pattern(
    r"(?:hash|encrypt|make|generate|create)(?:_\w+)?_?password(?:_hash)?|\w*password_hash|hash_?pw\w*|(?:get_)?hashed_?password",
    re.I,
)


@lru_cache(maxsize=4096)
def is_plain_name(name: str) -> bool:
    """Whether a name says that it holds a password as the user typed it."""
    return _PLAIN.fullmatch(name) is not None


@lru_cache(maxsize=4096)
def is_stored_name(name: str) -> bool:
    """Whether a column's name says that it keeps passwords."""
    return _STORED.fullmatch(name) is not None


@lru_cache(maxsize=4096)
def may_store(name: str) -> bool:
    """The same, or that it does if the table is one of people: `door_password` of a member, but not `smtp_password`."""
    if is_stored_name(name):
        return True
    found = _FURTHER.fullmatch(name)
    return found is not None and _OF_SYSTEMS.isdisjoint(found[1].lower().split("_"))


def is_hashing_name(name: str) -> bool:
    """Whether a function's name says that it hashes passwords."""
    return _HASHING.fullmatch(name) is not None
