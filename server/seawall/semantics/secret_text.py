"""Whether a text looks like a secret, judged by what holds it."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter

import msgspec

from seawall.knowledge import secrets as known
from seawall.knowledge.secrets import Kind

_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_CHOSEN_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{3,}")
_SHORT = re.compile(r"[a-z._-]{1,11}")
_ENV_NAME = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_TEMPLATE = re.compile(r"[{}]|%[sdr(]|\$[({]|<[^<>]*>|\[\[|^\$\w+$|^%\w+%$")
_SCHEME = re.compile(
    r"[A-Za-z][A-Za-z0-9+.-]*://|(?:arn|vault|env|file|ssm|gsm|sm|op|ref|secret|urn|enc|ENC|data|mailto|projects)[:\[(/]"
)
_REGEX = re.compile(r"\\[dwsbDWSB.]|\(\?|\[[^\]]*-[^\]]*\]|\.\*|\.\+|^\^|[^\\]\$$")
_FILE = re.compile(
    r"\.(?:py|pem|key|crt|cer|txt|json|ya?ml|toml|ini|html?|css|js|md|env|png|jpe?g|svg|xml|csv|log|db|sqlite3?|jks|p12)$"
)
_DOTTED = re.compile(r"[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_HASH = re.compile(r"\$\w+\$|[\w-]+\$\d+\$|\{[A-Z0-9]+\}|sha\d+:")
_DRAWN = re.compile(r"(?=[A-Za-z]*\d[A-Za-z]*\d[A-Za-z]*\d)[A-Za-z0-9]{12,}")
_SCHEMED = re.compile(r"(?:Bearer|Basic|Token|ApiKey|Bot|token|bearer)\s+(\S+)")


def words(name: str) -> tuple[str, ...]:
    """The words of a snake, camel or kebab name, in lower case, numbers left out."""
    return tuple(word.lower() for word in _WORD.findall(name) if not word.isdigit())


class Holder(msgspec.Struct, frozen=True):
    """What a text is put into, and what a setting for it is called."""

    name: str
    kind: Kind
    setting: str

    @property
    def words(self) -> tuple[str, ...]:
        return words(self.name)


def is_placeholder(value: str) -> bool:
    """Whether a text only shows where a secret would go."""
    text = value.strip().lower()
    if len(set(text)) < 3 or _TEMPLATE.search(value):
        return True
    return any(part in text for part in known.PLACEHOLDER_PARTS) or bool(known.PLACEHOLDERS.intersection(words(value)))


def is_schemed(value: str) -> bool:
    """Whether a text is a header's value such as `Bearer abc`."""
    return _SCHEMED.fullmatch(value) is not None


def looks_secret(value: str, holder: Holder) -> bool:
    """Whether a text in such a holder is a secret rather than a name, a path, a message or a placeholder."""
    schemed = _SCHEMED.fullmatch(value)
    if schemed is not None:
        value = schemed[1]
    if is_placeholder(value) or value.startswith(known.PUBLISHABLE):
        return False
    if holder.kind is Kind.SINK:
        return " " not in value and not _SCHEME.match(value) and not _FILE.search(value)
    if value.lower() in known.COMMON_PASSWORDS:
        return holder.kind is Kind.PASSWORD and not set(words(value)) <= set(holder.words)
    if not _has_form(value) or _is_identifier(value, holder):
        return False
    if is_random(value) and (holder.kind is not Kind.WEAK or _DRAWN.search(value)):
        return True
    if holder.kind is Kind.WEAK:
        return _is_mixed(value)
    if holder.kind is Kind.TOKEN:
        return False
    if any(char.isdigit() for char in value):
        return any(char.isalpha() for char in value) and (holder.kind is Kind.PASSWORD or len(value) >= 8)
    return _is_chosen(value, holder)


def is_word_for_signing(value: str, holder: Holder) -> bool:
    """Whether a word was chosen to sign with, by the name of the key: any word serves, but one that says to be a stand-in."""
    signs = _is_named_key(holder) and set(holder.words) <= known.SIGNING_WORDS
    if not signs or _CHOSEN_WORD.fullmatch(value) is None or is_placeholder(value):
        return False
    return not known.STANDING_IN.intersection(words(value)) and not _is_identifier(value, holder)


def may_be_secret(value: str) -> bool:
    """Whether a text could be a secret at all, wherever it is put but for a sink: asked first, as it needs no holder."""
    schemed = _SCHEMED.fullmatch(value) if " " in value else None
    if schemed is not None:
        value = schemed[1]
    lower = value.lower()
    if _SHORT.fullmatch(lower) and "secret" not in lower and "pass" not in lower:
        return lower in known.COMMON_PASSWORDS
    return lower in known.COMMON_PASSWORDS or _has_form(value)


def _has_form(value: str) -> bool:
    """Whether a text is long enough, and not visibly a path, a pattern, a hash or a name."""
    if len(value) < 6 or not value.isascii() or any(char.isspace() for char in value):
        return False
    if any(pattern.match(value) for pattern in (_SCHEME, _HASH)) or any(
        pattern.search(value) for pattern in (_REGEX, _FILE)
    ):
        return False
    return not any(pattern.fullmatch(value) for pattern in (_ENV_NAME, _DOTTED, _EMAIL)) and not _is_path(value)


def _is_mixed(value: str) -> bool:
    """Whether a text has of all that passwords are asked to have: `Pedal-66-Crank-Hub`."""
    asked = (str.isupper, str.islower, lambda char: not char.isalnum())
    digits = sum(char.isdigit() for char in value)
    return len(value) >= 12 and digits >= 2 and all(any(map(one, value)) for one in asked) and "/" not in value


def is_random(value: str) -> bool:
    """Whether a text looks drawn rather than written: long, letters mixed with digits or cases, few repetitions."""
    if len(value) < 16 or entropy(value) < 3.0:
        return False
    digits = sum(char.isdigit() for char in value)
    letters = sum(char.isalpha() for char in value)
    if digits >= 2 and letters >= 2:
        return True
    return len(value) >= 24 and _turns(value) * 3 > len(value)


def entropy(value: str) -> float:
    """Shannon's bits a character."""
    size = len(value)
    return -sum(count / size * math.log2(count / size) for count in Counter(value).values())


def _turns(value: str) -> int:
    """How often upper and lower case, digits and signs follow each other."""
    kinds = [char.isupper() + 2 * char.isdigit() + 4 * (not char.isalnum()) for char in value]
    return sum(left != right for left, right in itertools.pairwise(kinds))


def _is_path(value: str) -> bool:
    if value.startswith(("/", "./", "../", "~", "\\")) and not is_random(value.replace("/", "")):
        return True
    if "/" not in value:
        return False
    return value.count("/") > 2 or not any(char.isdigit() for char in value) or len(value) < 20


def _is_identifier(value: str, holder: Holder) -> bool:
    """Whether a text is made of the words that names are made of."""
    found = words(value)
    if not found:
        return value.isdigit() or not any(char.isalnum() for char in value)
    if "".join(found) == "".join(holder.words) or _names_one_of_many(value, found, holder):
        return True
    return all(
        word in known.VOCABULARY
        or word in known.ALGORITHMS
        or word in holder.words
        or (len(word) == 1 and len(found) < 4)
        for word in found
    )


def _names_one_of_many(value: str, found: tuple[str, ...], holder: Holder) -> bool:
    """Whether a text says what goes into such a holder, and for whom: `mailer_client_secret`."""
    own = holder.words
    is_name = len(own) > 1 and "-" not in value and value.isidentifier() and found[-len(own) :] == own
    return is_name and found[0] not in ("my", "super", "top", "very")


def _is_chosen(value: str, holder: Holder) -> bool:
    """Whether words without a digit were chosen as a secret: `super-secret-key`, `mysecretpassword`."""
    lower = value.lower()
    if re.fullmatch(r"[A-Z][a-z]+", value):
        return False
    telling = "secret" in lower or "passw" in lower or "pass" in lower.split("-")
    if holder.kind is Kind.PASSWORD:
        mixed = any(not char.isalnum() and char not in "-_." for char in value) and any(
            char.isalpha() for char in value
        )
        return (telling and not _is_known_phrase(lower)) or (mixed and len(value) >= 8)
    return telling or (len(value) >= 12 and _is_named_key(holder))


def _is_known_phrase(lower: str) -> bool:
    return bool(re.match(r"(?:password|passwd|secret)[_.-]|.*[_-](?:password|secret)s?$", lower)) and "my" not in lower


def _is_named_key(holder: Holder) -> bool:
    return holder.words[-2:] in (("secret", "key"), ("jwt", "secret"), ("jwt", "key"), ("signing", "key"))
