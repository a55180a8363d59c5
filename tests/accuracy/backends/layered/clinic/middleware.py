import time

import requests
import structlog
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import Response

log = structlog.get_logger()


class Timing(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        started = time.perf_counter()
        response = await call_next(request)
        response.headers["X-Took"] = f"{time.perf_counter() - started:.3f}"
        return response


class Maintenance(BaseHTTPMiddleware):
    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        status = requests.get("https://status.clinic.example/flag", timeout=1)  # expect: SW101
        if status.text == "closed":
            return Response(status_code=503)
        return await call_next(request)
