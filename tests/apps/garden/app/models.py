from datetime import date

from sqlmodel import Field, Relationship, SQLModel


class Bed(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(index=True, unique=True)

    plants: list["Plant"] = Relationship(back_populates="bed", cascade_delete=True)


class PlantBase(SQLModel):
    name: str = Field(index=True)
    planted: date | None = None


class Plant(PlantBase, table=True):
    id: int | None = Field(default=None, primary_key=True)
    bed_id: int = Field(foreign_key="bed.id", index=True)

    bed: Bed = Relationship(back_populates="plants")
    notes: list["Note"] = Relationship(back_populates="plant", cascade_delete=True)


class Note(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    text: str
    plant_id: int = Field(foreign_key="plant.id", index=True)

    plant: Plant = Relationship(back_populates="notes")
