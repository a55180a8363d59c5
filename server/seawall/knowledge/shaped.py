"""Calls whose arguments say what comes out of them; the arguments of all others are dropped."""

from __future__ import annotations

SHAPED_BY_ARGUMENTS = frozenset({
    "APIKeyCookie", "APIKeyHeader", "APIKeyQuery", "APIRouter", "Annotated", "AsyncSession", "Column", "ConfigDict",
    "Depends", "Env", "FastAPI", "FileAwareEnv", "Form", "HTTPBasic", "HTTPBearer", "HTTPDigest", "Mapped", "OAuth2",
    "OAuth2AuthorizationCodeBearer", "OAuth2PasswordBearer", "OpenIdConnect", "Query", "Relationship", "Security", "Session", "StringConstraints",
    "aclosing", "aget_object_or_404", "anext", "async_scoped_session", "async_sessionmaker", "async_to_sync", "asyncify", "cast", "closing",
    "constr", "contains_eager", "create_async_engine", "create_engine", "database_sync_to_async", "defaultload", "dict",
    "enter_async_context", "enter_context", "exec", "execute", "field_validator", "from_queryset", "get_object_or_404",
    "getattr", "immediateload", "joinedload", "list", "mapped_column", "next", "options", "partial", "query",
    "relationship", "scalar", "scalars", "scoped_session", "select", "selectinload", "sessionmaker", "set",
    "stream_scalars", "subqueryload", "sync_to_async", "syncify", "tuple", "validator",
})  # fmt: skip
