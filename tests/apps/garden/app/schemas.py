from sqlmodel import SQLModel

from app.models import PlantBase


class PlantCreate(PlantBase):
    bed_name: str


class PlantUpdate(SQLModel):
    name: str | None = None


class NotePublic(SQLModel):
    text: str


class PlantPublic(PlantBase):
    id: int
    notes: list[NotePublic]


class BedPublic(SQLModel):
    id: int
    name: str
    plants: list[PlantPublic]
