import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import APIRouter, Depends, FastAPI
from fastapi.middleware.cors import CORSMiddleware
from starlette.middleware import Middleware

from marina.api import berths, harbour, office, skippers
from marina.api.schemas import BerthOut
from marina.core.deps import Me, Unit, current_skipper
from marina.core.settings import get_settings
from marina.db.session import engine
from marina.middleware import Slowdown, Timing, TokenLog
from marina.tasks import dues, write_off

log = logging.getLogger("marina")
settings = get_settings()


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    yield
    await engine.dispose()


api = APIRouter(prefix="/v1")
for router in (skippers.public, skippers.private, berths.router, berths.boats, harbour.router):
    api.include_router(router)
api.include_router(berths.moves, tags=["moves"])

inner = APIRouter(dependencies=[Depends(current_skipper)])
inner.include_router(office.router)


@inner.post("/dues/write-off")
async def write_off_dues(reason: str, me: Me) -> None:
    write_off.delay(reason)


@inner.post("/dues")
async def ask_for_dues(me: Me) -> None:
    dues.delay(me.id)


@inner.get("/piers/{pier}")
async def pier_of(pier: str, work: Unit) -> list[BerthOut]:
    return [BerthOut.model_validate(berth.dict()) for berth in map(BerthOut.model_validate, await work.berths.on_pier(pier))]  # expect: SW309


api.include_router(inner)

app = FastAPI(title="Marina", debug=settings.debug, lifespan=lifespan, middleware=[Middleware(Timing)])
app.add_middleware(Slowdown)
app.add_middleware(TokenLog)
app.add_middleware(CORSMiddleware, allow_origins=settings.origins, allow_credentials=True, allow_methods=["*"])
app.include_router(api)

widget = FastAPI(
    title="Berths on other people's pages",
    debug=True,  # expect: SW603
    middleware=[
        Middleware(
            CORSMiddleware,
            allow_origins=settings.widget_origins,  # expect: SW602
            allow_methods=["GET"],
        )
    ],
)
partner = FastAPI(title="Partners")
partner.add_middleware(CORSMiddleware, allow_origin_regex=r"https?://.+", allow_credentials=True)  # expect: SW602
office_app = FastAPI(title="Office")
office_app.add_middleware(CORSMiddleware, allow_origin_regex=r"https://([a-z]+\.)?marina\.example")

app.mount("/widget", widget)
app.mount("/partner", partner)
app.mount("/office", office_app)


@app.get("/health")
async def health() -> dict[str, str]:
    return {"status": "ok"}


def serve() -> None:
    uvicorn.run("marina.app:app", host="0.0.0.0", port=8000, reload=True)  # expect: SW603


if __name__ == "__main__":
    uvicorn.run("marina.app:app", port=8001, reload=True)
