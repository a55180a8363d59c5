from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, field_validator, root_validator


class CustomerIn(BaseModel):
    email: str
    name: str
    password: str = Field(min_length=10)
    password_repeat: str

    @field_validator("email")
    @classmethod
    def lower(cls, value: str) -> str:
        return value.lower()

    @root_validator(skip_on_failure=True)  # expect: SW309
    def same(cls, values: dict[str, str]) -> dict[str, str]:
        if values["password"] != values["password_repeat"]:
            raise ValueError("the passwords differ")
        return values


class CustomerOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    email: str
    name: str


class CustomerDetails(CustomerOut):
    password: str
    is_admin: bool


class CustomerCard(BaseModel):
    id: int
    label: str
    has_password: bool


class Login(BaseModel):
    email: str
    password: str


class TicketIn(BaseModel):
    bike_id: int
    text: str = Field(max_length=2000)


class TicketOut(BaseModel):
    model_config = {"from_attributes": True}

    id: int
    text: str
    state: str
    created_at: datetime


class TicketPatch(BaseModel):
    text: str | None = None
    state: str | None = None


class PartIn(BaseModel):
    name: str
    stock: int = 0
    price: int

    model_config = ConfigDict(extra="allow")


class PartOut(BaseModel):
    id: int
    name: str
    stock: int

    class Config:  # expect: SW309
        orm_mode = True


class Label:
    """Not a model, although it has a `dict()` as models once had."""

    def __init__(self, text: str) -> None:
        self.text = text

    def dict(self) -> dict[str, str]:
        return {"text": self.text}

    def json(self) -> str:
        return f'{{"text": "{self.text}"}}'
