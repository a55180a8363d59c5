from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints

Code = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}\d{6}$")]


class ParcelIn(BaseModel):
    code: Code
    weight: int = Field(gt=0, le=30_000)


class Parcel(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: UUID
    code: str
    weight: int
    state: str
    created_at: datetime


class Manifest(BaseModel):
    model_config = ConfigDict(extra="allow")

    carrier: str


class AccountIn(BaseModel):
    email: str
    password: SecretStr


class DriverIn(BaseModel):
    email: str
    password: str


class AccountOut(BaseModel):
    id: int
    email: str
    role: str


class AccountRow(AccountOut):
    password: str = Field(repr=False)


class AccountSafe(AccountOut):
    password: SecretStr = Field(exclude=True)
