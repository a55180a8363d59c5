from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Response

from marina.api.schemas import GateEntry, GateUser, LoginForm, Registration, SkipperCard, SkipperOut, SkipperRecord
from marina.core.deps import BoundedPage, Me, Page, Tokens, Unit, current_skipper, office_only
from marina.core.settings import JsonObject
from marina.db.models import Skipper
from marina.domain.skippers import SkipperService

public = APIRouter(prefix="/skippers", tags=["skippers"])
private = APIRouter(prefix="/skippers", tags=["skippers"], dependencies=[Depends(current_skipper)])


def service(work: Unit) -> SkipperService:
    return SkipperService(work)


Skippers = Annotated[SkipperService, Depends(service)]


@public.post("/register", response_model=SkipperOut, status_code=201)
async def register(form: Registration, skippers: Skippers):
    return await skippers.register(form)


@public.post("/login")
async def login(form: LoginForm, skippers: Skippers, tokens: Tokens) -> dict[str, str]:
    return {"access_token": await skippers.login(form, tokens), "token_type": "bearer"}


@public.post("/login/gate")
async def login_at_gate(form: LoginForm, skippers: Skippers, tokens: Tokens) -> dict[str, str]:
    return {"access_token": await skippers.login_at_gate(form, tokens)}


@private.get("/me")
async def me(skipper: Me) -> SkipperOut:
    return SkipperOut.model_validate(skipper)


@private.get("/me/record", response_model=SkipperRecord)  # expect: SW504
async def my_record(skipper: Me):
    return skipper


@private.get("/me/card")
async def my_card(skipper: Me) -> SkipperCard:
    return SkipperCard.model_validate(skipper)


@private.get("/me/fleet")
async def my_fleet(skipper: Me, skippers: Skippers):
    return {"boats": await skippers.fleet(skipper.id), "loaded": await skippers.fleet_loaded(skipper.id)}


@private.put("/me/password", status_code=204)
async def change_password(
    skipper: Me, skippers: Skippers, old: Annotated[str, Body()], new: Annotated[str, Body(min_length=12)]
) -> None:
    await skippers.change_password(skipper.id, old, new)


@private.put("/{key}/password", dependencies=[Depends(office_only)])
async def reset_password(key: int, password: Annotated[str, Body(embed=True)], skippers: Skippers) -> Response:
    await skippers.reset_password(key, password)
    return Response(status_code=204)


@private.post("/gate", response_model=GateEntry, dependencies=[Depends(office_only)])
async def add_gate_user(user: GateUser, skippers: Skippers):
    return await skippers.register_gate_user(user)


@private.get("/gate/{key}", dependencies=[Depends(office_only)])
async def gate_user(key: int, work: Unit) -> dict[str, Any]:
    skipper = await work.skippers.get(key)
    return {"name": skipper.name, "gate_password": skipper.gate_password}  # expect: SW504


@private.get("", dependencies=[Depends(office_only)])
async def page_of_skippers(work: Unit, page: Annotated[Page, Depends()]) -> list[SkipperOut]:
    return [SkipperOut.model_validate(one) for one in await work.skippers.page(page.offset, page.limit)]


@private.get("/bounded", dependencies=[Depends(office_only)])
async def bounded_page(work: Unit, page: Annotated[BoundedPage, Depends()]) -> list[SkipperOut]:
    return [SkipperOut.model_validate(one) for one in await work.skippers.page(page.offset, page.limit)]


@private.post("/import", dependencies=[Depends(office_only)])
async def import_skippers(rows: list[JsonObject], skippers: Skippers) -> int:  # expect: SW301
    return await skippers.import_many(rows)


@private.get("/{key}/raw", response_model=None, dependencies=[Depends(office_only)])
async def raw(key: int, work: Unit) -> Skipper | None:
    return await work.skippers.get(key)  # expect: SW504
