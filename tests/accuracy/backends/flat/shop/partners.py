"""Bodies that partners send, in shapes that changed over the years."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Request
from pydantic import BaseModel, RootModel
from typing_extensions import TypedDict

from shop.auth import current_admin, read_partner_token
from shop.db import DbDep
from shop.schemas import Login, PartOut
from shop.tables import Part

router = APIRouter(prefix="/partners", dependencies=[Depends(current_admin)])


class Offer(BaseModel):
    part: int
    price: int


class Offers(RootModel[list[Offer]]):
    pass


class Order(TypedDict):
    part: int
    count: int


@dataclass
class Return:
    part: int
    reason: str


@router.post("/offers")
def offers(data: Offers) -> int:
    return len(data.root)


@router.post("/orders")
def orders(data: Order) -> int:
    return data["count"]


@router.post("/returns")
def returns(data: Return) -> str:
    return data.reason


@router.post("/prices")
def prices(data: dict[str, int]) -> int:
    return sum(data.values())


@router.post("/events")
def events(data: Any = Body()) -> str:  # expect: SW301
    return data["kind"]


@router.post("/feed")
def feed(data: Annotated[list[dict], Body()]) -> int:  # expect: SW301
    return sum(line["count"] for line in data)


@router.post("/mapping")
def mapping(data: Mapping[str, Any]) -> str:  # expect: SW301
    return data["name"]


@router.post("/raw")
async def raw(request: Request) -> str:
    body = await request.json()  # expect: SW302
    return body["kind"]


@router.post("/checked")
async def checked(request: Request) -> int:
    offer = Offer.model_validate(await request.json())
    return offer.price


@router.post("/parsed")
async def parsed(request: Request) -> int:
    return Offer.parse_obj(await request.json()).price  # expect: SW309


@router.get("/parts/{part_id}")
def part(part_id: int, db: DbDep) -> PartOut:
    return PartOut.from_orm(db.get_one(Part, part_id))  # expect: SW309


@router.post("/who")
def who(token: str, login: Login) -> str:
    return read_partner_token(token) + login.model_dump_json(exclude={"password"})
