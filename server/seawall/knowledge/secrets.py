"""What holds a secret, what only looks like one, and which calls take one."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """How much a holder's name alone says about the text in it."""

    PASSWORD = "password"
    """People choose passwords: short ones and words among them."""
    KEY = "key"
    """A signing key, an API key: any text that is no identifier."""
    TOKEN = "token"
    """Much is called a token: only random-looking text counts."""
    WEAK = "weak"
    """Much more is called a key: only a text that is drawn, or as mixed as passwords are, counts."""
    SINK = "sink"
    """A library takes this very value as its key or password."""


# The last words of a name -> what it holds. The longest ending wins.
HOLDERS: dict[tuple[str, ...], Kind] = {
    ("password",): Kind.PASSWORD,
    ("passwd",): Kind.PASSWORD,
    ("passphrase",): Kind.PASSWORD,
    ("pwd",): Kind.PASSWORD,
    ("pass",): Kind.PASSWORD,
    ("secret",): Kind.KEY,
    ("secretkey",): Kind.KEY,
    ("secret", "key"): Kind.KEY,
    ("secret", "access", "key"): Kind.KEY,
    ("apikey",): Kind.KEY,
    ("api", "key"): Kind.KEY,
    ("api", "secret"): Kind.KEY,
    ("app", "key"): Kind.TOKEN,
    ("access", "key"): Kind.TOKEN,
    ("access", "key", "id"): Kind.TOKEN,
    ("account", "key"): Kind.TOKEN,
    ("auth", "key"): Kind.TOKEN,
    ("private", "key"): Kind.KEY,
    ("signing", "key"): Kind.KEY,
    ("encryption", "key"): Kind.KEY,
    ("jwt", "key"): Kind.KEY,
    ("hmac", "key"): Kind.KEY,
    ("fernet", "key"): Kind.KEY,
    ("session", "key"): Kind.TOKEN,
    ("master", "key"): Kind.KEY,
    ("service", "key"): Kind.TOKEN,
    ("password", "salt"): Kind.TOKEN,
    ("secret", "salt"): Kind.TOKEN,
    ("key",): Kind.WEAK,
    ("token",): Kind.TOKEN,
    ("authtoken",): Kind.TOKEN,
    ("accesstoken",): Kind.TOKEN,
    ("authorization",): Kind.TOKEN,
    ("credential",): Kind.TOKEN,
    ("credentials",): Kind.TOKEN,
}

LAST_WORDS = frozenset(ending[-1] for ending in HOLDERS)

# A name with one of these in it holds no secret: it names, describes, counts or checks one, or is made for show.
NO_HOLDER = frozenset({
    "algorithm", "bad", "change", "check", "cls", "confirm", "continuation", "create", "cursor", "delete", "delimiter",
    "digest", "dummy", "encrypted", "end", "eos", "bos", "error", "example", "expired", "fake", "field", "forget", "forgot",
    "format", "forgotten", "generate", "get", "has", "hash", "hashed", "header", "help", "hint", "incorrect", "input", "invalid",
    "invalidate", "is", "label", "list", "mask", "masked", "max", "message", "min", "missing", "mock", "msg", "needs", "next",
    "no", "old", "page", "pad", "param", "parameter", "partition", "path", "pattern", "permission", "placeholder", "policy", "prefix",
    "previous", "primary", "foreign", "cache", "public", "query", "read", "regex", "require", "required", "requires", "reset", "revoke",
    "sample", "sep", "set", "show", "skip", "special", "start", "stop", "sync", "template", "test", "title", "type", "unk",
    "update", "url", "use", "validate", "verify", "weak", "with", "without", "wrong",
})  # fmt: skip

# What is before the word "key" where it opens nothing.
PLAIN_KEYS = frozenset({
    "bucket", "candidate", "composite", "config", "context", "data", "dedup", "dict", "env", "event", "file", "group", "hot", "i18n",
    "idempotency", "image", "index", "issue", "item", "json", "kwargs", "locale", "lock", "lookup", "map", "meta", "metadata", "natural",
    "object", "option", "order", "parent", "press", "project", "publishable", "range", "redis", "registry", "resource", "response", "row",
    "routing", "s3", "s", "setting", "shard", "shortcut", "site", "sort", "state", "storage", "store", "task", "translation", "tuple", "unique", "write",
})  # fmt: skip

# Words that names of fields, headers, grants and columns are made of: a value of nothing but these is an identifier.
VOCABULARY = frozenset({
    "access", "account", "admin", "api", "apikey", "app", "auth", "authentication", "authorization", "basic", "bearer",
    "bot", "client", "code", "cookie", "credential", "credentials", "csrf", "current", "custom", "database", "db", "default",
    "email", "encryption", "field", "google", "github", "aws", "azure", "grant", "hash", "hashed", "header", "hidden",
    "id", "identifier", "identity", "input", "internal", "invite", "jwt", "key", "keys", "keyring", "kwargs", "label", "login", "machine",
    "magic", "mail", "master", "mfa", "name", "new", "none", "null", "oauth", "oidc", "old", "openid", "otp", "page", "param",
    "pass", "passphrase", "password", "passwords", "passwd", "pat", "personal", "pin", "plain", "post", "private", "prod",
    "production", "public", "pwd", "query", "recovery", "refresh", "register", "registration", "repeat", "request", "required",
    "reset", "root", "saml", "secret", "secretkey", "secrets", "security", "service", "session", "shared", "sign", "signed",
    "signing", "signup", "smtp", "sso", "storage", "string", "system", "text", "token", "tokens", "totp", "type", "unset",
    "update", "user", "username", "users", "value", "vault", "verification", "verify", "webhook", "x", "xsrf",
})  # fmt: skip

# A value with one of these among its words shows where a secret goes, or is there for show.
PLACEHOLDERS = frozenset({
    "change", "changeme", "changeit", "changethis", "default", "demo", "denied", "dummy", "enter", "example", "fake", "fill", "fixme",
    "foo", "foobar", "bar", "here", "insert", "invalid", "mock", "mocked", "notset", "na", "omitted", "placeholder", "redacted", "removed",
    "replace", "replaceme", "sample", "stub", "tbd", "test", "testing", "todo", "undefined", "unknown", "unset", "unused", "whatever",
    "wrong", "xxx", "xxxx", "your", "yours", "yourkey", "yourpassword", "yoursecret", "yourtoken",
})  # fmt: skip
PLACEHOLDER_PARTS = (
    "changeme", "change-me", "change_me", "changethis", "change-this", "change_this", "placeholder", "your-", "your_", "yoursecret",
    "yourpassword", "yourapikey", "replaceme", "replace-me", "replace_me", "xxxx", "****", "....", "redacted", "example",
    "insecure", "abcdefgh", "0123456789", "not-a-real", "notreal", "not-secret", "notsecret",
)  # fmt: skip

# What vendors begin keys with that every visitor's browser gets: PostHog, Stripe, Mapbox, Clerk, Supabase.
PUBLISHABLE = ("phc_", "pk_live_", "pk_test_", "pk.eyJ", "sb_publishable_")

# What a name is made of if it is the key that the application itself signs with, and no service's.
SIGNING_WORDS = frozenset({
    "access", "api", "app", "application", "auth", "cookie", "csrf", "django", "fastapi", "jwt", "key", "refresh", "secret", "server",
    "session", "signing", "token",
})  # fmt: skip
# What a key has among its words if it is only for the developer's own machine.
STANDING_IN = frozenset({
    "debug", "dev", "devel", "developer", "development", "fillme", "fillmein", "insecure", "local", "localhost", "notsecure", "temp",
    "temporary", "tmp", "unsafe",
})  # fmt: skip

COMMON_PASSWORDS = frozenset({
    "123456", "1234567", "12345678", "123456789", "1234567890", "111111", "abc123", "admin", "administrator", "dragon", "football",
    "iloveyou", "letmein", "login", "monkey", "mysql", "pass", "passw0rd", "postgres", "p@ssw0rd", "p@ssword", "qwerty",
    "qwertyuiop", "root", "rootroot", "secret", "sunshine", "superuser", "toor", "trustno1", "welcome",
})  # fmt: skip

# Names of algorithms, formats and schemes: letters and digits, and no secret.
ALGORITHMS = frozenset({
    "aes", "argon", "base", "bcrypt", "blake", "cbc", "ecdsa", "ecdh", "ed", "es", "gcm", "hmac", "hs", "iso", "latin", "md", "oauth",
    "pbkdf", "pkcs", "ps", "rs", "rsa", "s", "scrypt", "sha", "ssh", "tls", "ssl", "utf", "v", "x", "http", "oauth2", "beta", "alpha",
    "django", "hex", "urlsafe", "id", "yescrypt", "des", "rc", "chacha", "poly",
})  # fmt: skip

# Which argument of a library's function is a key or a password: position and name, and what to call it.
SINKS: dict[str, tuple[int, str, str]] = {
    "jwt.encode": (1, "key", "jwt_secret"),
    "jwt.decode": (1, "key", "jwt_secret"),
    "jose.jwt.encode": (1, "key", "jwt_secret"),
    "jose.jwt.decode": (1, "key", "jwt_secret"),
    "authlib.jose.jwt.encode": (2, "key", "jwt_secret"),
    "authlib.jose.jwt.decode": (1, "key", "jwt_secret"),
    "hmac.new": (0, "key", "hmac_key"),
    "hmac.digest": (0, "key", "hmac_key"),
    "cryptography.fernet.Fernet": (0, "key", "encryption_key"),
    "itsdangerous.Signer": (0, "secret_key", "signing_key"),
    "itsdangerous.TimestampSigner": (0, "secret_key", "signing_key"),
    "itsdangerous.Serializer": (0, "secret_key", "signing_key"),
    "itsdangerous.TimedSerializer": (0, "secret_key", "signing_key"),
    "itsdangerous.URLSafeSerializer": (0, "secret_key", "signing_key"),
    "itsdangerous.URLSafeTimedSerializer": (0, "secret_key", "signing_key"),
    "smtplib.SMTP.login": (1, "password", "smtp_password"),
    "smtplib.SMTP_SSL.login": (1, "password", "smtp_password"),
    "requests.auth.HTTPBasicAuth": (1, "password", "password"),
    "httpx.BasicAuth": (1, "password", "password"),
    "psycopg.connect": (-1, "password", "database_password"),
    "psycopg2.connect": (-1, "password", "database_password"),
    "asyncpg.connect": (-1, "password", "database_password"),
    "asyncpg.create_pool": (-1, "password", "database_password"),
    "pymysql.connect": (-1, "password", "database_password"),
    "aiomysql.connect": (-1, "password", "database_password"),
    "aiomysql.create_pool": (-1, "password", "database_password"),
    "MySQLdb.connect": (-1, "password", "database_password"),
    "mysql.connector.connect": (-1, "password", "database_password"),
    "redis.Redis": (-1, "password", "redis_password"),
    "redis.asyncio.Redis": (-1, "password", "redis_password"),
    "starlette.middleware.sessions.SessionMiddleware": (1, "secret_key", "session_secret"),
}  # fmt: skip

# Functions that read a variable and take a default; and classes whose instances do when they are called.
ENVIRONMENT_READERS = frozenset(
    {"os.getenv", "os.environ.get", "os.environ.pop", "decouple.config", "starlette.config.Config.__call__"}
)
ENVIRONMENT_CLASSES = ("environ.Env", "environ.FileAwareEnv", "environs.Env", "starlette.config.Config")

# Classes around a secret that leave it as it is.
WRAPPERS = frozenset({
    "pydantic.SecretStr", "pydantic.SecretBytes", "starlette.datastructures.Secret", "builtins.str", "builtins.bytes",
})  # fmt: skip

# What examples in schemas and documentation hang on.
DOCUMENTATION_KEYS = frozenset({
    "example", "examples", "json_schema_extra", "schema_extra", "openapi_examples", "openapi_extra", "responses", "description", "help",
    "title", "summary", "label", "labels", "verbose_name", "placeholder", "error_messages", "messages", "translations", "alias",
    "help_text", "help_texts", "widgets", "metavar", "choices", "field_labels",
})  # fmt: skip

# URL schemes whose credentials are a database's, a queue's or a mail server's, and what the setting is called.
URL_SETTINGS: dict[str, str] = {
    "postgresql": "database_url",
    "postgres": "database_url",
    "cockroachdb": "database_url",
    "mysql": "database_url",
    "mariadb": "database_url",
    "mssql": "database_url",
    "oracle": "database_url",
    "mongodb": "mongodb_url",
    "redis": "redis_url",
    "rediss": "redis_url",
    "valkey": "redis_url",
    "amqp": "broker_url",
    "amqps": "broker_url",
    "kafka": "broker_url",
    "nats": "broker_url",
    "smtp": "smtp_url",
    "smtps": "smtp_url",
    "ftp": "ftp_url",
    "sftp": "ftp_url",
    "elasticsearch": "elasticsearch_url",
    "ldap": "ldap_url",
    "ldaps": "ldap_url",
}
