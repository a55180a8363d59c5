"""Tables, and the schemas that are cut from them."""

from datetime import datetime
from typing import Optional

from pydantic import EmailStr
from sqlmodel import Field, Relationship, SQLModel


class PlantBase(SQLModel):
    name: str = Field(index=True, max_length=120)
    latin: str = ""
    price: int = Field(ge=0)


class Plant(PlantBase, table=True):
    id: int | None = Field(default=None, primary_key=True)
    grower_id: int | None = Field(default=None, foreign_key="user.id", index=True)
    hidden: bool = False
    grower: Optional["User"] = Relationship(back_populates="plants")
    batches: list["Batch"] = Relationship(back_populates="plant", sa_relationship_kwargs={"lazy": "selectin"})
    photos: list["Photo"] = Relationship(back_populates="plant")


class PlantCreate(PlantBase):
    pass


class PlantUpdate(SQLModel):
    name: str | None = None
    price: int | None = None


class PlantPublic(PlantBase):
    id: int


class Batch(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    plant_id: int = Field(foreign_key="plant.id", index=True)
    sown_at: datetime
    count: int
    plant: Plant = Relationship(back_populates="batches")


class Photo(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    plant_id: int = Field(foreign_key="plant.id", index=True)
    url: str
    plant: Plant = Relationship(back_populates="photos")


class UserBase(SQLModel):
    email: EmailStr = Field(unique=True, index=True)
    name: str | None = None


class User(UserBase, table=True):
    id: int | None = Field(default=None, primary_key=True)
    hashed_password: str
    is_grower: bool = False
    plants: list[Plant] = Relationship(back_populates="grower")


class UserCreate(UserBase):
    password: str = Field(min_length=8, max_length=40)


class UserPublic(UserBase):
    id: int


class UserWithSecrets(UserBase):
    id: int
    hashed_password: str


class PasswordUpdate(SQLModel):
    current_password: str
    new_password: str


class Message(SQLModel):
    message: str
