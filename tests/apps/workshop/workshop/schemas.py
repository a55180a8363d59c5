from datetime import datetime
from typing import Generic, TypeVar

from pydantic import BaseModel, ConfigDict

T = TypeVar("T")


class Out(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class CustomerIn(BaseModel):
    email: str


class BikeOut(Out):
    id: int
    frame: str


class CustomerOut(Out):
    id: int
    email: str
    created_at: datetime
    bikes: list[BikeOut]


class JobIn(BaseModel):
    title: str
    parts: list[str] = []


class PartIn(BaseModel):
    name: str
    price: int
    stock: int = 0


class PartOut(Out):
    name: str
    price: int


class JobOut(Out):
    id: int
    title: str
    status: str
    total: int
    updated_at: datetime
    parts: list[PartOut]
    bike: BikeOut


class Page(BaseModel, Generic[T]):
    items: list[T]
    total: int
    pages: int
