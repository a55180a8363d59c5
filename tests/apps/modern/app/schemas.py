from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, SecretStr


class AccountCreate(BaseModel):
    email: str = Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")
    password: SecretStr = Field(min_length=12, max_length=128)


class AccountRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    email: str


class Token(BaseModel):
    access_token: str
    token_type: str = "bearer"


class EveningCreate(BaseModel):
    title: str = Field(min_length=1, max_length=200)
    starts_at: AwareDatetime
    seats: int = Field(ge=1, le=2000)


class EveningRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    title: str
    starts_at: datetime
    seats: int


class BookingRead(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    evening: EveningRead


class Health(BaseModel):
    status: str = "ok"


class Problem(BaseModel):
    detail: str
