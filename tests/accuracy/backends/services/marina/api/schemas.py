from datetime import datetime
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict, EmailStr, Field, SecretStr, model_validator, validator

T = TypeVar("T")


class Schema(BaseModel):
    """What all our schemas are made from."""

    model_config = ConfigDict(from_attributes=True, str_strip_whitespace=True)

    def dump(self) -> dict[str, Any]:
        return self.model_dump(mode="json")

    @classmethod
    def parse(cls, data: Any) -> Self:
        return cls.parse_obj(data)  # expect: SW309


class Registration(Schema):
    email: EmailStr
    name: str
    password: Annotated[str, Field(min_length=12)]
    again: str

    @model_validator(mode="after")
    def both_alike(self) -> Self:
        if self.password != self.again:
            raise ValueError("The passwords differ")
        return self


class LoginForm(Schema):
    email: EmailStr
    password: str


class OfficeLogin(Schema):
    login: str
    password: SecretStr


class GateUser(Schema):
    email: str
    name: str
    password: str

    @validator("email")  # expect: SW309
    def lower(cls, value: str) -> str:
        return value.lower()


class SkipperOut(Schema):
    id: int
    email: str
    name: str


class Secrets(BaseModel):
    password_hash: str


class SkipperRecord(SkipperOut, Secrets):
    created_at: datetime


class SkipperCard(SkipperOut):
    password_set: bool = True


class GateEntry(Schema):
    name: str
    gate_password: str = Field(exclude=True)


class BoatIn(Schema):
    name: str
    length: int = Field(gt=0, le=60)


class BoatPatch(Schema):
    name: str | None = None
    draught: int | None = None


class BoatOut(Schema):
    id: int
    name: str
    length: int


class Loose(Schema):
    """Whatever the insurers add."""

    model_config = ConfigDict(extra="allow")

    name: str


class BerthOut(Schema):
    id: int
    pier: str
    number: int


class Reading(Schema):
    buoy: int
    height: float

    class Config:  # expect: SW309
        allow_population_by_field_name = True


class Envelope(BaseModel, Generic[T]):
    items: list[T]
    total: int
