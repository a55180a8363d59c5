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

ENCODERS = {
    "jwt.encode": (1, 2),
    "jwt.PyJWT.encode": (1, 2),
    "jwt.api_jwt.encode": (1, 2),
    "jose.jwt.encode": (1, 2),
}
"""What signs a token: where it takes the key and the algorithm, which is HS256 where nothing is said."""
