"""SW503: digests that are too fast for passwords."""

from __future__ import annotations

import pytest

from support.marked import Folder, assert_finds, assert_fixes, assert_silent, parse
from support.running import fixed, running

HEAD = """
import bcrypt
import hashlib
import hashlib as digests
import hmac
from hashlib import md5, pbkdf2_hmac
from passlib.context import CryptContext
from passlib.hash import md5_crypt
from pydantic import SecretStr
from security import hash_password


class Form:
    password: str


def make(password: str, salt: str, key: str, secret: SecretStr, form: Form, data: dict):
    {}
#- security.py
import bcrypt

def hash_password(word):
    return bcrypt.hashpw(word, bcrypt.gensalt())
"""

FOUND = [
    "return «hashlib.md5(password.encode())».hexdigest()",
    "return «hashlib.sha256(password.encode('utf-8'))».hexdigest()",
    "return «digests.sha1(form.password.encode())».digest()",
    "return «md5(data['password'].encode())».hexdigest()",
    "return «hashlib.sha512((password + salt).encode())».hexdigest()",
    "return «hashlib.sha256(f'{salt}{password}'.encode())».hexdigest()",
    "return «hashlib.new('sha256', password.encode())».hexdigest()",
    "return «hashlib.sha256(bytes(password, 'utf-8'))».hexdigest()",
    "digest = hashlib.sha256(); «digest.update(password.encode())»; return digest",
    "digest = hashlib.new('sha256'); «digest.update(password.encode())»; return digest",
    "return CryptContext(schemes=[«'md5_crypt'», 'bcrypt'])",
    "return «md5_crypt.hash(password)»",
    "return pbkdf2_hmac('sha256', password.encode(), salt.encode(), «1000»)",
    "raw = password.encode(); return «hashlib.sha256(raw)».hexdigest()",
    "salted = f'{salt}:{form.password}'; raw = salted.encode(); return «hashlib.sha1(raw)».hexdigest()",
    "return bcrypt.hashpw(password.encode(), bcrypt.gensalt(«4»))",
    "return bcrypt.gensalt(rounds=«8»)",
]


@pytest.mark.parametrize("line", FOUND)
def test_passwords_in_fast_digests(line: str) -> None:
    assert_finds("SW503", HEAD.replace("{}", line, 1))


SILENT = [
    "return hashlib.md5(key.encode()).hexdigest()",
    "return hashlib.sha256(open('x', 'rb').read()).hexdigest()",
    "return hmac.new(key.encode(), password.encode(), 'sha256').hexdigest()",
    "digest = hashlib.sha1(password.encode()).hexdigest(); return digest[:5], digest[5:]",
    "return bcrypt.hashpw(hashlib.sha256(password.encode()).digest(), bcrypt.gensalt())",
    "return hash_password(hashlib.sha256(password.encode()).digest())",
    "return hash_password(password)",
    "return pbkdf2_hmac('sha256', password.encode(), salt.encode(), 600_000)",
    "return CryptContext(schemes=['argon2', 'md5_crypt'])",
    "return hashlib.scrypt(password.encode(), salt=b'', n=2, r=8, p=1)",
    "return hashlib.sha256(data['token'].encode()).hexdigest()",
    "return hashlib.sha256(f'password-reset:{key}'.encode()).hexdigest()",
    "data.update(password)",
    "return hashlib.md5()",
    "return bcrypt.hashpw(password.encode(), bcrypt.gensalt(10))",
    "return bcrypt.gensalt()",
    "raw = key.encode(); return hashlib.sha256(raw).hexdigest()",
    "return hashlib.md5(password.encode(), usedforsecurity=False).hexdigest()",
]


@pytest.mark.parametrize("line", SILENT)
def test_other_digests_and_real_hashers(line: str) -> None:
    assert_silent("SW503", HEAD.replace("{}", line, 1))


def test_a_hasher_of_another_sort_of_password() -> None:
    body = "(pin_password: str) -> str:\n    return «hashlib.sha256(pin_password.encode())».hexdigest()\n"
    assert_finds("SW503", f"import hashlib\n\n\ndef hash_pin{body}")
    assert_silent("SW503", f"import hashlib\n\n\ndef cache_key{body}".replace("«", "").replace("»", ""))


def test_tests_may() -> None:
    assert_silent("SW503", HEAD.replace("{}", "return hashlib.md5(password.encode())"), main="tests/test_x.py")


def test_old_hashes_stay_valid() -> None:
    head = "import hashlib\nimport hmac\n\nfrom pwdlib import PasswordHash\n"
    body = """

# one way
{}def make(password: str) -> str:
    \"\"\"Digest.\"\"\"
    return {}


async def login(user, password):
    if {}:
        raise ValueError("né")
"""
    verify = (
        'not (password_hash.verify(password, user.password) if user.password.startswith("$") '
        "else hmac.compare_digest(hashlib.md5(password.encode()).hexdigest(), user.password))"
    )
    before = "import hashlib\n" + body.replace("{}", "", 1).replace(
        "{}", "«hashlib.md5(password.encode())».hexdigest()", 1
    ).replace("{}", "make(password) != user.password")
    after = head + body.replace("# one way\n{}", "password_hash = PasswordHash.recommended()\n\n\n# one way\n").replace(
        "{}", "password_hash.hash(password)", 1
    ).replace("{}", verify)
    assert_fixes("SW503", before, after)


@pytest.mark.parametrize(
    "line",
    [
        "return salt + hashlib.md5(password.encode()).hexdigest()",
        "return hashlib.md5((salt + password).encode()).hexdigest()",
        "digest = hashlib.md5(password.encode()).hexdigest(); return digest",
        "return hashlib.md5(password.encode()).digest()",
    ],
)
def test_no_fix_for_home_made_schemes(line: str) -> None:
    (found,) = Folder({"main.py": f"import hashlib\ndef make(password, salt):\n    {line}\n"}).findings("SW503")
    assert found.finding.fixes == ()


def test_no_fix_where_another_module_compares() -> None:
    files = parse(
        """
        import hashlib
        def make(password):
            return hashlib.md5(password.encode()).hexdigest()
        #- login.py
        from main import make
        def authenticate(user, password):
            return user.password == make(password)
        """
    ).files
    (found,) = Folder(files).findings("SW503")
    assert found.finding.fixes == ()


DIGESTS = """
from digests import hexdigest

def register(password: str):
    return {}
#- digests.py
import bcrypt
import hashlib

def hexdigest(text: str) -> str:
    return _digest(text)

def _digest(text: str):
    return «hashlib.sha256(text.encode())».hexdigest()

def strong(text):
    return bcrypt.hashpw(text, bcrypt.gensalt())
"""


def test_a_helper_of_another_module_that_is_handed_a_password() -> None:
    (found,) = assert_finds("SW503", DIGESTS.replace("{}", "hexdigest(password)"))
    assert [one.message for one in found.related] == ["`register` hands a password to `hexdigest`"]


def test_the_password_goes_through_another_helper_first() -> None:
    opened = "\ndef opened(password):\n    return unseal(password) if sealed() else password\n"
    text = DIGESTS.replace("{}", "hexdigest(opened(password))").replace("import hexdigest", "import hexdigest, opened")
    assert_finds("SW503", text + opened)
    silent = (text + opened).replace("else password", "else 'x'").replace("«", "").replace("»", "")
    assert_silent("SW503", silent)


@pytest.mark.parametrize(
    "text",
    [
        DIGESTS.replace("{}", "hexdigest('x' + str(1))"),
        DIGESTS.replace("{}", "strong(hexdigest(password))").replace("import hexdigest", "import hexdigest, strong"),
        DIGESTS.replace("{}", "hexdigest(password)").replace("def register", "def is_pwned"),
        DIGESTS.replace("{}", "hexdigest(password)").replace("password", "etag"),
        DIGESTS.replace("{}", "hexdigest(password)") + "\ndef cache_key(token):\n    return hexdigest(token)\n",
        DIGESTS.replace("{}", "hexdigest(seed + password)").replace("(password: str)", "(seed, password)"),
    ],
    ids=[
        "constants",
        "the first of two steps",
        "a look-up of leaks",
        "other texts",
        "tokens, too",
        "a name of several parts",
    ],
)
def test_a_helper_that_is_handed_other_things(text: str) -> None:
    assert_silent("SW503", text.replace("«", "").replace("»", ""))


def test_few_rounds_become_more() -> None:
    text = "import bcrypt\n\ndef make(word):\n    return bcrypt.hashpw(word, bcrypt.gensalt(«4»))  # fast\n"
    assert_fixes("SW503", text, text.replace("«4»", "12"))


SETTINGS = """
#- shop/__init__.py
#- shop/settings.py
INSTALLED_APPS = ["django.contrib.auth"]
SECRET_KEY = "x"
PASSWORD_HASHERS = [
    {}
]
"""
MD5 = '"django.contrib.auth.hashers.MD5PasswordHasher"'
PBKDF2 = '"django.contrib.auth.hashers.PBKDF2PasswordHasher"'


def test_django_hashes_with_the_first_of_its_hashers() -> None:
    assert_fixes(
        "SW503", SETTINGS.replace("{}", f"«{MD5}»,  # old"), SETTINGS.replace("{}", f"{PBKDF2}, {MD5},  # old")
    )
    assert_fixes(
        "SW503", SETTINGS.replace("{}", f"«{MD5}»,\n    {PBKDF2},"), SETTINGS.replace("{}", f"{PBKDF2},\n    {MD5},")
    )
    assert_silent("SW503", SETTINGS.replace("{}", f"{PBKDF2},\n    {MD5},"))
    assert_silent("SW503", SETTINGS.replace("{}", f"{MD5},").replace("settings.py", "settings_test.py"))


def test_old_and_new_hashes_are_known_by_the_fixed_code() -> None:
    text = """
import hashlib


def make(password: str) -> str:
    return hashlib.sha256(password.encode()).hexdigest()


def verify(password: str, stored: str) -> bool:
    return make(password) == stored


def refuse(password: str, stored: str) -> bool:
    if make(password) != stored:
        return True
    return False
"""
    after = fixed("SW503", text)
    with running({"main.py": text}) as old, running(after) as new:
        for stored in (old.make("right"), new.make("right")):
            assert [new.verify(word, stored) for word in ("right", "wrong", stored)] == [True, False, False]
            assert [new.refuse(word, stored) for word in ("right", "wrong", stored)] == [False, True, True]
        assert new.make("right").startswith("$argon2")
