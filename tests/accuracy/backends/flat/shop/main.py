import logging
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI, Request
from fastapi.middleware.cors import CORSMiddleware
from fastapi.responses import JSONResponse
from starlette.middleware.sessions import SessionMiddleware

from shop import customers, parts, tickets, workshop
from shop import partners as partner_routes
from shop.config import DEBUG, config
from shop.db import engine
from shop.rentals import rentals

log = logging.getLogger("shop")


@asynccontextmanager
async def lifespan(app: FastAPI):
    yield
    engine.dispose()


app = FastAPI(title="Shop", debug=True, lifespan=lifespan)  # expect: SW603
admin = FastAPI(title="Shop, admin", debug=DEBUG)

origins = ["*"]

app.add_middleware(
    CORSMiddleware,
    allow_origins=origins,  # expect: SW602
    allow_credentials=True,
    allow_methods=["*"],
    allow_headers=["*"],
)
admin.add_middleware(SessionMiddleware, secret_key=config.signing_key, session_cookie="shop_admin")
admin.add_middleware(CORSMiddleware, allow_origin_regex=r"https://.*\.shop\.example")
for module in (customers, tickets, parts, workshop, partner_routes):
    app.include_router(module.router)
app.include_router(tickets.public)
app.mount("/admin", admin)
app.mount("/rentals", rentals)

partners = FastAPI(title="Shop, partners")
partners.add_middleware(SessionMiddleware, secret_key="Tandem-9-Rim-4c51")  # expect: SW201
partners.add_middleware(CORSMiddleware, allow_origin_regex=".*", allow_credentials=True)  # expect: SW602
app.mount("/partners", partners)


@app.middleware("http")
async def log_requests(request: Request, call_next):
    response = await call_next(request)
    log.info("%s %s %s", request.method, request.url.path, response.status_code)
    return response


@app.exception_handler(KeyError)
async def missing_key(request: Request, error: KeyError) -> JSONResponse:
    return JSONResponse({"missing": str(error)}, status_code=422)


@app.get("/health")
def health() -> dict[str, str]:
    return {"status": "ok"}


def serve() -> None:
    """What the service's unit file starts."""
    uvicorn.run("shop.main:app", host="127.0.0.1", port=8000, reload=True)  # expect: SW603
