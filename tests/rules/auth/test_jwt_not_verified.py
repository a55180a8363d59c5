"""SW505: tokens that are read without being verified, or verified as they want to be."""

from __future__ import annotations

import base64

import jwt as pyjwt
import pytest
from jose import jwt as jose_jwt

from support.marked import Folder, assert_finds, assert_fixes, assert_silent, parse
from support.running import fixed, running

HEAD = """
import jwt
import joserfc.jwt
from authlib.jose import jwt as authlib_jwt
from fastapi import Depends, FastAPI, Header, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer, OAuth2PasswordBearer
from jose import jwt as jose
from jwt import PyJWKClient, decode, get_unverified_header
import httpx
from config import settings, KEYS, SECRET

app = FastAPI()
scheme = OAuth2PasswordBearer(tokenUrl="login")
bearer = HTTPBearer()
jwks = PyJWKClient("https://example.com/keys")


def current_user(request: Request, token: str = Depends(scheme), other: HTTPAuthorizationCredentials = Depends(bearer)):
"""

CONFIG = """
#- config.py
from pydantic_settings import BaseSettings

class Settings(BaseSettings):
    key: str = ""
    algorithm: str = "HS256"

settings = Settings()
SECRET: str = settings.key
KEYS: dict[str, str] = {}
"""


def user(body: str, more: str = "") -> str:
    return HEAD + "".join(f"    {line}\n" for line in body.strip("\n").split("\n")) + more + CONFIG


FOUND = {
    "switched off": "return jwt.decode(token, options=«{'verify_signature': False}»)",
    "with a key": "return jwt.decode(token, settings.key, algorithms=['HS256'], options=«{'verify_signature': False}»)",
    "imported alone": "return decode(token, options=«{'verify_signature': False, 'verify_exp': True}»)",
    "options in a variable": "options = {'verify_signature': False}\nreturn jwt.decode(token, options=«options»)",
    "options by dict()": "return jwt.decode(token, options=«dict(verify_signature=False)»)",
    "options by position": "return jwt.decode(token, '', None, «{'verify_signature': False}»)",
    "complete": "return jwt.decode_complete(token, options=«{'verify_signature': False}»)['payload']",
    "an instance": "return jwt.PyJWT().decode(token, options=«{'verify_signature': False}»)",
    "python-jose": "return jose.decode(token, '', options=«{'verify_signature': False}»)",
    "unverified claims": "return «jose.get_unverified_claims(token)»['sub']",
    "credentials": "return jwt.decode(other.credentials, options=«{'verify_signature': False}»)",
    "a header": (
        "raw = request.headers['Authorization'].removeprefix('Bearer ')\n"
        "return jwt.decode(raw, options=«{'verify_signature': False}»)"
    ),
    "none": "return jwt.decode(token, settings.key, algorithms=['HS256', «'none'»])",
    "None in a variable": "allowed = ['HS256', «'NONE'»]\nreturn jwt.decode(token, settings.key, algorithms=allowed)",
    "none in joserfc": "return joserfc.jwt.decode(token, settings.key, algorithms=[«'none'»])",
    "the token's algorithm": "return jwt.decode(token, SECRET, algorithms=«[jwt.get_unverified_header(token)['alg']]»)",
    "in two steps": (
        "header = get_unverified_header(token)\nalgorithm = header.get('alg')\n"
        "return jose.decode(token, KEYS[header['kid']], «[algorithm]»)"
    ),
    "the token's key": (
        "key = jwt.PyJWK(jwt.get_unverified_header(token)['jwk'])\nreturn jwt.decode(token, «key», algorithms=['RS256'])"
    ),
    "a key from where the token says": (
        "header = jwt.get_unverified_header(token)\nkeys = httpx.get(header['jku']).json()\n"
        "return jose.decode(token, «keys», algorithms=['RS256'])"
    ),
    "no algorithm": "return «jwt.decode»(token, SECRET)",
    "no algorithm in jose": "return «jose.decode»(token, settings.key)",
}


@pytest.mark.parametrize("body", FOUND.values(), ids=FOUND.keys())
def test_tokens_that_say_what_they_want(body: str) -> None:
    assert_finds("SW505", user(body))


SILENT = {
    "verified": "return jwt.decode(token, settings.key, algorithms=[settings.algorithm])",
    "verified, by position": "return jwt.decode(token, settings.key, ['HS256'])",
    "expired tokens": "return jwt.decode(token, settings.key, ['HS256'], options={'verify_exp': False})",
    "a condition": "return jwt.decode(token, SECRET, ['HS256'], options={'verify_signature': settings.verify})",
    "a look at the issuer before": (
        "peek = jwt.decode(token, options={'verify_signature': False})\n"
        "return jwt.decode(token, KEYS[peek['iss']], algorithms=['RS256'])"
    ),
    "a look at the header": (
        "header = jwt.get_unverified_header(token)\nreturn jwt.decode(token, KEYS[header['kid']], algorithms=['RS256'])"
    ),
    "a key found by the token's id": ("key = jwks.get_signing_key_from_jwt(token)\nreturn jwt.decode(token, key)"),
    "a PyJWK": "key = jwt.PyJWK({'kty': 'oct'})\nreturn jwt.decode(token, key)",
    "an algorithm that is checked": (
        "alg = jwt.get_unverified_header(token)['alg']\nif alg not in ('RS256', 'ES256'):\n    raise HTTPException(401)\n"
        "return jwt.decode(token, SECRET, algorithms=[alg])"
    ),
    "claims of a token that was fetched": (
        "answer = httpx.post('https://example.com/token').json()\n"
        "return jwt.decode(answer['id_token'], options={'verify_signature': False})"
    ),
    "joserfc has a list of its own": "return joserfc.jwt.decode(token, settings.key)",
    "authlib has a list of its own": "return authlib_jwt.decode(token, settings.key)",
    "unpacked options": "return jwt.decode(token, **settings.decoding)",
    "verify=False, which PyJWT 2 does not know": "return jwt.decode(token, KEYS, ['HS256'], verify=False)",
    "another decode": "return token.encode().decode('ascii')",
    "base64": "import base64\nreturn base64.b64decode(token).decode()",
    "a key that may bring its algorithm": "key = find(token)\nreturn jwt.decode(token, key)",
}


@pytest.mark.parametrize("body", SILENT.values(), ids=SILENT.keys())
def test_verified_or_not_relied_on(body: str) -> None:
    assert_silent("SW505", user(body))


def test_tests_may() -> None:
    assert_silent("SW505", user(FOUND["switched off"]).replace("«", "").replace("»", ""), main="tests/test_tokens.py")


HELPER = """
from fastapi import Depends, FastAPI, Header
import tokens

app = FastAPI()

@app.get("/me")
def me(authorization: str = Header()):
    return {}
#- tokens.py
import jwt

def claims(raw: str):
    return jwt.decode(raw, options=«{{"verify_signature": False}}»)

def verified(raw: str):
    return jwt.decode(raw, "k", algorithms=["HS256"])
"""


def test_a_helper_in_another_module() -> None:
    (found,) = assert_finds(
        "SW505", HELPER.replace("{}", "tokens.claims(authorization)").replace("{{", "{").replace("}}", "}")
    )
    assert (found.severity, [one.message for one in found.related]) == ("error", ["`me` hands it on to `claims`"])


def test_a_helper_that_nobody_is_known_to_call_is_a_warning() -> None:
    (found,) = assert_finds("SW505", HELPER.replace("{}", "{}").replace("{{", "{").replace("}}", "}"))
    assert found.severity == "warning"


CALLERS = {
    "verified beside": "def me(token: str = Header()): return tokens.claims(token), tokens.verified(token)",
    "a token of one's own": "def me(answer): return tokens.claims(answer['id_token'])",
}


@pytest.mark.parametrize("caller", CALLERS.values(), ids=CALLERS.keys())
def test_a_helper_whose_callers_do_not_rely_on_it(caller: str) -> None:
    tokens = HELPER.partition("#- tokens.py")[2].replace("{{", "{").replace("}}", "}")
    head = "from fastapi import Header\nimport tokens\n"
    assert_silent("SW505", f"{head}{caller}\n#- tokens.py{tokens}".replace("«", "").replace("»", ""))


def test_a_function_that_only_tells_which_kind_of_token_it_is() -> None:
    body = """
    claims = jwt.decode(token, options={'verify_signature': False})
    if claims.get('owner') != 'me':
        return False
    return True
"""
    assert_silent("SW505", user(body.replace("\n    ", "\n")))


def test_the_first_pyjwt_did_not_verify_on_request() -> None:
    text = user("return jwt.decode(token, verify=«False»)") + "#- requirements.txt\nPyJWT==1.7.1\n"
    assert_finds("SW505", text)
    text = user("return «jwt.decode»(token, KEYS)") + "#- requirements.txt\nPyJWT==1.7.1\n"
    assert_finds("SW505", text)


TOKENS = """
#- tokens.py
import jwt
from config import settings

def create(sub: str) -> str:
    return jwt.encode({"sub": sub}, settings.key, algorithm=settings.algorithm)
"""

FIXED = {
    "switched off": "return jwt.decode(token, settings.key, algorithms=[settings.algorithm])",
    "with a key": "return jwt.decode(token, settings.key, algorithms=['HS256'])",
    "imported alone": (
        "return decode(token, settings.key, algorithms=[settings.algorithm], "
        "options={'verify_signature': True, 'verify_exp': True})"
    ),
    "options by position": None,
    "python-jose": "return jose.decode(token, settings.key, algorithms=[settings.algorithm])",
    "none": "return jwt.decode(token, settings.key, algorithms=['HS256'])",
    "none in joserfc": "return joserfc.jwt.decode(token, settings.key, algorithms=[settings.algorithm])",
    "the token's algorithm": "return jwt.decode(token, SECRET, algorithms=[settings.algorithm])",
    "no algorithm": "return jwt.decode(token, SECRET, algorithms=[settings.algorithm])",
    "no algorithm in jose": "return jose.decode(token, settings.key, algorithms=[settings.algorithm])",
    "a key from where the token says": (
        "header = jwt.get_unverified_header(token)\nkeys = httpx.get(header['jku']).json()\n"
        "return jose.decode(token, settings.key, algorithms=['RS256'])"
    ),
}


@pytest.mark.parametrize("name", [name for name, after in FIXED.items() if after])
def test_verified_with_the_projects_own_key(name: str) -> None:
    assert_fixes("SW505", user(FOUND[name]) + TOKENS, user(str(FIXED[name])) + TOKENS)


def test_a_key_of_the_same_file_and_one_from_a_function() -> None:
    text = """
        import jwt
        from fastapi import Depends
        from fastapi.security import OAuth2PasswordBearer
        from config import get_settings

        scheme = OAuth2PasswordBearer(tokenUrl="login")
        ALGORITHM = "HS512"

        def create(sub: str) -> str:
            return jwt.encode({"sub": sub}, get_settings().key.get_secret_value(), ALGORITHM)

        def user(token: str = Depends(scheme)):
            return jwt.decode(
                token,  # as it came
                options=«{"verify_signature": False}»,
            )
        #- config.py
        def get_settings(): ...
        """
    after = text.replace(
        'token,  # as it came\n                options=«{"verify_signature": False}»,',
        "token, get_settings().key.get_secret_value(), algorithms=[ALGORITHM],  # as it came\n"
        '                options={"verify_signature": True},',
    )
    assert_fixes("SW505", text, after)


@pytest.mark.parametrize(
    "tokens",
    [
        "",
        TOKENS.replace("settings.key", '"change-me"'),
        TOKENS.replace("import settings", "import settings\nimport main\nKEY = 1").replace("settings.key", "KEY"),
    ],
    ids=["signs nothing", "a literal", "imports this file"],
)
def test_no_fix_without_a_key_that_can_be_used(tokens: str) -> None:
    folder = Folder(
        parse(
            user(FOUND["switched off"].replace("settings", "")).replace("import settings, ", "import ") + tokens
        ).files
    )
    (found,) = folder.findings("SW505")
    with pytest.raises(Exception, match="key"):
        list(found.finding.fixes[0].make())


RUN = """
import {import}
KEY = "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"


def create(sub: str) -> str:
    return jwt.encode({"sub": sub}, KEY, algorithm="HS256")


def subject(token: str) -> str:
    return {read}["sub"]
"""


@pytest.mark.parametrize(
    ("library", "read"),
    [
        ("jwt", 'jwt.decode(token, options={"verify_signature": False})'),
        ("jwt", 'jwt.decode(token, KEY, options={"verify_signature": False, "verify_exp": True})'),
        ("jwt", 'jwt.decode_complete(token, options={"verify_signature": False})["payload"]'),
        ("jwt", "jwt.decode(token, KEY)"),
        ("jwt", 'jwt.decode(token, KEY, algorithms=["none"])'),
        ("jwt", 'jwt.decode(token, KEY, algorithms=[jwt.get_unverified_header(token)["alg"]])'),
        ("jose", 'jwt.decode(token, "", options={"verify_signature": False})'),
        ("jose", "jwt.decode(token, KEY)"),
    ],
)
def test_forged_tokens_are_refused_and_own_ones_read(library: str, read: str) -> None:
    text = RUN.replace("{read}", read).replace(
        "import {import}", "import jwt" if library == "jwt" else "from jose import jwt"
    )
    with running(fixed("SW505", text)) as main:
        forged = pyjwt.encode({"sub": "admin"}, "x" * 40, algorithm="HS256")
        unsigned = pyjwt.encode({"sub": "admin"}, None, algorithm="none")
        assert main.subject(main.create("ada")) == "ada"
        for token in (forged, unsigned):
            with pytest.raises((pyjwt.InvalidTokenError, jose_jwt.JWTError)):
                main.subject(token)


JOSERFC = """
from joserfc import jwt
from joserfc.jwk import OctKey

KEY = OctKey.import_key("kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk")


def create(sub: str) -> str:
    return jwt.encode({"alg": "HS256"}, {"sub": sub}, KEY)


def subject(token: str) -> str:
    return jwt.decode(token, KEY, algorithms=["none"]).claims["sub"]
"""
AUTHLIB = """
from authlib.jose import jwt
from jose.jwt import get_unverified_header

KEY = "kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk"


def create(sub: str) -> str:
    return jwt.encode({"alg": "HS256"}, {"sub": sub}, KEY).decode()


def subject(token: str) -> str:
    return jwt.decode(token, get_unverified_header(token)["jwk"])["sub"]
"""


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("text", [JOSERFC, AUTHLIB], ids=["joserfc", "authlib"])
def test_libraries_that_name_the_algorithm_in_the_header(text: str) -> None:
    with running(fixed("SW505", text)) as main:
        key = base64.urlsafe_b64encode(b"x" * 40).decode().rstrip("=")
        headers = {"jwk": {"kty": "oct", "k": key}}  # the forger's own
        forged = pyjwt.encode({"sub": "admin"}, "x" * 40, algorithm="HS256", headers=headers)
        unsigned = pyjwt.encode({"sub": "admin"}, None, algorithm="none")
        assert main.subject(main.create("ada")) == "ada"
        for token in (forged, unsigned):
            with pytest.raises(Exception, match=r"(?i)signature|algorithm"):
                main.subject(token)


@pytest.mark.parametrize(
    "header", ["HEADER", '{"typ": "JWT"}', '{"alg": "none"}'], ids=["somewhere", "no algorithm", "none"]
)
def test_no_fix_where_the_header_names_no_algorithm(header: str) -> None:
    folder = Folder(parse(JOSERFC.replace('{"alg": "HS256"}', header)).files)
    (found,) = folder.findings("SW505")
    with pytest.raises(Exception, match="key"):
        list(found.finding.fixes[0].make())


ELSEWHERE = """
#- options.py
LOOSE = {"verify_signature": False, "verify_exp": True}
STRICT = {"verify_signature": True, "require": ["exp"]}
NAMED = {"require": ["verify_signature"]}
#- tokens.py
import jwt
from fastapi import FastAPI, Header
import options
from options import LOOSE, NAMED, STRICT

app = FastAPI()
KEY = object()
KEYS = {"a": KEY}


class Base:
    loose = {"verify_signature": False}


class Tokens(Base):
    strict = {"verify_signature": True}

"""


@pytest.mark.parametrize(
    "body",
    [
        "@app.get('/')\ndef f(token: str = Header()):\n    return jwt.decode(token, KEY, ['HS256'], options=«LOOSE»)['sub']\n",
        "@app.get('/')\ndef f(token: str = Header()):\n    return jwt.decode(token, KEY, ['HS256'], options=«options.LOOSE»)['sub']\n",
        "class More(Tokens):\n    def read(self, token):\n        return jwt.decode(token, KEY, ['HS256'], options=«self.loose»)['sub']\n",
        "@app.get('/')\ndef f(token: str = Header()):\n    return jwt.decode(token, KEY, ['HS256'], options=«Tokens.loose»)['sub']\n",
        "@app.get('/')\ndef f(token: str = Header()):\n    head = jwt.get_unverified_header(token)\n"
        "    return jwt.decode(token, «head['key']», ['HS256'])['sub']\n",
        "@app.get('/')\ndef f(token: str = Header()):\n    key = jwt.get_unverified_header(token).get('secret')\n"
        "    return jwt.decode(token, «key», ['HS256'])['sub']\n",
    ],
)
def test_options_and_keys_from_elsewhere(body: str) -> None:
    assert_finds("SW505", ELSEWHERE + body, main="tokens.py")


@pytest.mark.parametrize(
    "body",
    [
        "@app.get('/')\ndef f(token: str = Header()):\n    return jwt.decode(token, KEY, ['HS256'], options=STRICT)['sub']\n",
        "@app.get('/')\ndef f(token: str = Header()):\n    return jwt.decode(token, KEY, ['HS256'], options=NAMED)['sub']\n",
        "class More(Tokens):\n    def read(self, token):\n        return jwt.decode(token, KEY, ['HS256'], options=self.strict)['sub']\n",
        "@app.get('/')\ndef f(token: str = Header()):\n    return jwt.decode(token, KEY, ['HS256'], options=options.MORE)['sub']\n",
        "@app.get('/')\ndef f(token: str = Header()):\n    head = jwt.get_unverified_header(token)\n"
        "    return jwt.decode(token, KEYS[head['kid']], ['HS256'])['sub']\n",
        "@app.get('/')\ndef f(token: str = Header()):\n    kid = jwt.get_unverified_header(token)['kid']\n"
        "    return jwt.decode(token, KEYS.get(kid), ['HS256'])['sub']\n",
    ],
)
def test_options_that_verify_and_keys_of_one_s_own(body: str) -> None:
    assert_silent("SW505", ELSEWHERE + body, main="tokens.py")
