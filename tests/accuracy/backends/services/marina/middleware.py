import logging
from time import perf_counter
from time import sleep as pause

from anyio import sleep
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from marina.cache import limiter

log = logging.getLogger(__name__)


class Slowdown(BaseHTTPMiddleware):
    """Lets those wait who ask too often."""

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        who = request.client.host if request.client else "-"
        if not await limiter.allow(who):
            pause(0.5)  # expect: SW101
            return PlainTextResponse("Slow down", status_code=429)
        if request.url.path.startswith("/reports"):
            await sleep(0.1)
        return await call_next(request)


class Timing(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        started = perf_counter()
        response = await call_next(request)
        log.info("%s took %.3f s", request.url.path, perf_counter() - started)
        return response


class TokenLog(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        log.debug("request with %s", "a token" if token else "no token")
        if token.count(".") != 2:
            log.warning("odd token %s", token)  # expect: SW207
        return await call_next(request)
