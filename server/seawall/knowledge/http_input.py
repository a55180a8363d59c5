"""How web frameworks hand a request's parts to the code that answers it."""

from __future__ import annotations

ROUTERS = ("fastapi.FastAPI", "fastapi.APIRouter", "starlette.applications.Starlette", "starlette.routing.Router")
"""Classes whose methods register handlers."""

FASTAPI_ROUTERS = ("fastapi.FastAPI", "fastapi.APIRouter")
"""Those among them that read a handler's signature."""

REGISTERS = frozenset({
    "get", "post", "put", "patch", "delete", "head", "options", "trace", "api_route", "route", "websocket",
    "websocket_route",
})  # fmt: skip
"""Those methods."""

WRITES = frozenset({"post", "put", "patch", "delete", "api_route"})
"""Those whose handlers may write, ..."""

ROUTE_KEYWORDS = frozenset({"path", "methods", "dependencies"})
"""... and what their decorators say of where a handler is and of what runs before it."""

ADDS = frozenset({"add_api_route", "add_api_websocket_route", "add_route", "add_websocket_route"})
"""Methods that register the handler that they are given."""

INCLUDES_AT = {"include_router": 0, "mount": 1}
INCLUDES = frozenset(INCLUDES_AT)
"""Methods that take over the routes of another router or app, and the position at which it is given."""

JSON_LOADS = frozenset({"json.loads", "orjson.loads", "ujson.loads", "simplejson.loads", "rapidjson.loads"})
"""What reads a body's bytes as JSON."""

MARKERS = {
    "fastapi.Body": "body",
    "fastapi.Form": "form",
    "fastapi.File": "file",
    "fastapi.Query": "query",
    "fastapi.Path": "path",
    "fastapi.Header": "header",
    "fastapi.Cookie": "cookie",
    "fastapi.Depends": "dependency",
    "fastapi.Security": "dependency",
}
"""What a default or an `Annotated` says of a parameter."""

SECURITY_SCHEMES = (
    "fastapi.security.OAuth2PasswordBearer", "fastapi.security.OAuth2AuthorizationCodeBearer", "fastapi.security.OAuth2",
    "fastapi.security.HTTPBearer", "fastapi.security.HTTPBasic", "fastapi.security.HTTPDigest",
    "fastapi.security.APIKeyHeader", "fastapi.security.APIKeyQuery", "fastapi.security.APIKeyCookie",
    "fastapi.security.OpenIdConnect",
)  # fmt: skip
"""Classes whose instances are dependencies that give what the client shows to be let in."""

SPECIAL_TYPES = {
    "starlette.requests.Request": "request",
    "starlette.requests.HTTPConnection": "request",
    "starlette.websockets.WebSocket": "websocket",
    "starlette.background.BackgroundTasks": "background",
    "starlette.responses.Response": "response",
    "fastapi.security.SecurityScopes": "dependency",
    "fastapi.UploadFile": "file",
    "starlette.datastructures.UploadFile": "file",
}
"""Types that FastAPI provides by themselves."""

COMPLEX_TYPES = frozenset({
    "builtins.dict", "builtins.list", "builtins.set", "builtins.frozenset", "builtins.tuple", "typing.Sequence",
    "typing.Mapping", "typing.MutableMapping", "typing.DefaultDict", "collections.OrderedDict", "collections.deque",
})  # fmt: skip
"""Unmarked parameters of these types are read from the body, ..."""

SCALAR_TYPES = frozenset({
    "builtins.str", "builtins.int", "builtins.float", "builtins.bool", "builtins.bytes", "builtins.object", "typing.Any",
    "datetime.datetime", "datetime.date", "datetime.time", "datetime.timedelta", "decimal.Decimal", "uuid.UUID",
    "uuid.UUID1", "uuid.UUID3", "uuid.UUID4", "uuid.UUID5", "pathlib.Path", "ipaddress.IPv4Address",
    "ipaddress.IPv6Address", "pydantic.EmailStr", "pydantic.HttpUrl", "pydantic.AnyUrl", "pydantic.AnyHttpUrl",
    "pydantic.SecretStr", "pydantic.PositiveInt", "pydantic.NonNegativeInt", "pydantic.NegativeInt",
    "pydantic.PositiveFloat", "pydantic.NonNegativeFloat", "pydantic.StrictStr", "pydantic.StrictInt",
    "pydantic.StrictBool", "pydantic.StrictFloat", "pydantic.UUID4", "pydantic.UUID1", "pydantic.Json",
    "pydantic.AwareDatetime", "pydantic.NaiveDatetime", "pydantic.PastDate", "pydantic.FutureDate",
})  # fmt: skip
"""... and of these from the query."""

MODEL_BASES = ("pydantic.BaseModel", "typing.TypedDict", "typing_extensions.TypedDict")
SCALAR_BASES = ("enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "builtins.str", "builtins.int")
DATACLASS_DECORATORS = frozenset({"dataclasses.dataclass", "pydantic.dataclasses.dataclass"})

REQUEST_TYPES = ("starlette.requests.Request", "starlette.requests.HTTPConnection", "starlette.websockets.WebSocket")

REQUEST_PARTS = frozenset({
    "query_params", "path_params", "headers", "cookies", "json", "form", "body", "stream", "url", "receive_text",
    "receive_json", "receive_bytes", "iter_text", "iter_json", "iter_bytes", "receive",
})  # fmt: skip
"""Attributes and methods of a Starlette request or websocket that hold what the client sent."""

DJANGO_REQUEST_TYPES = (
    "django.http.HttpRequest",
    "rest_framework.request.Request",
    "django.core.handlers.wsgi.WSGIRequest",
)
DJANGO_REQUEST_PARTS = frozenset(
    {"GET", "POST", "COOKIES", "META", "FILES", "body", "headers", "data", "query_params", "path"}
)

DJANGO_URLS = frozenset({"django.urls.path", "django.urls.re_path", "django.urls.conf.path", "django.conf.urls.url"})
"""Functions whose result says which view answers at which URL."""

FLASK_REQUEST = "flask.request"
FLASK_REQUEST_PARTS = frozenset(
    {"args", "form", "values", "json", "data", "headers", "cookies", "get_json", "get_data", "path"}
)

NINJA_ROUTERS = (
    "ninja.NinjaAPI",
    "ninja.Router",
    "ninja.router.Router",
    "ninja_extra.NinjaExtraAPI",
    "ninja_extra.Router",
)
"""Classes whose methods register handlers that are given a Django request, and the rest as they ask for it, ..."""

NINJA_DECORATORS = frozenset(
    f"ninja_extra.{name}" for name in ("http_get", "http_post", "http_put", "http_patch", "http_delete", "http_generic")
)
"""... and functions that do so for methods of a controller."""

NINJA_FILES = ("ninja.UploadedFile", "ninja.files.UploadedFile", "django.core.files.uploadedfile.UploadedFile")
