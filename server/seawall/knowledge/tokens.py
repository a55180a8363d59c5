"""JSON web tokens: what reads them, and what signs them."""

from __future__ import annotations

from typing import NamedTuple


class Decoder(NamedTuple):
    """What reads a token: where it takes the key and the algorithms, and whether it asks for the latter."""

    library: str
    key: int = 1
    algorithms: int | None = 2
    options: int | None = 3


DECODERS = {
    "jwt.decode": Decoder("PyJWT"),
    "jwt.decode_complete": Decoder("PyJWT"),
    "jwt.PyJWT.decode": Decoder("PyJWT"),
    "jwt.PyJWT.decode_complete": Decoder("PyJWT"),
    "jwt.api_jwt.decode": Decoder("PyJWT"),
    "jwt.api_jwt.decode_complete": Decoder("PyJWT"),
    "jose.jwt.decode": Decoder("python-jose"),
    "jose.jws.verify": Decoder("python-jose", options=None),
    "joserfc.jwt.decode": Decoder("joserfc", options=None),
    "authlib.jose.jwt.decode": Decoder("Authlib", algorithms=None, options=None),
    "authlib.jose.JsonWebToken.decode": Decoder("Authlib", algorithms=None, options=None),
}
"""They verify the signature unless they are told not to."""

UNVERIFIED_CLAIMS = frozenset({"jose.jwt.get_unverified_claims", "jose.jws.get_unverified_claims"})
UNVERIFIED_HEADERS = frozenset({
    "jwt.get_unverified_header", "jwt.api_jws.get_unverified_header", "jose.jwt.get_unverified_header",
    "jose.jwt.get_unverified_headers", "jose.jws.get_unverified_header", "jose.jws.get_unverified_headers",
})  # fmt: skip

KEY_HEADERS = frozenset({"jwk", "jku", "x5c", "x5u"})
"""Header fields with which a token brings its own key, or says where to fetch it."""


class Encoder(NamedTuple):
    """What signs a token: where it takes the key, and the algorithm or the header that names it."""

    key: int = 1
    algorithm: int | None = 2
    header: int | None = None


ENCODERS = {
    "jwt.encode": Encoder(),
    "jwt.PyJWT.encode": Encoder(),
    "jwt.api_jwt.encode": Encoder(),
    "jose.jwt.encode": Encoder(),
    "joserfc.jwt.encode": Encoder(key=2, algorithm=None, header=0),
    "authlib.jose.jwt.encode": Encoder(key=2, algorithm=None, header=0),
    "authlib.jose.JsonWebToken.encode": Encoder(key=2, algorithm=None, header=0),
}
"""The algorithm is HS256 where nothing is said."""
