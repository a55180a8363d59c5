from datetime import date
from typing import Optional

from sqlalchemy import Column, String
from sqlmodel import Field, Relationship, SQLModel


class Labelled(SQLModel, table=True):
    folder_id: Optional[int] = Field(default=None, foreign_key="folder.id", primary_key=True)
    label_id: Optional[int] = Field(default=None, foreign_key="label.id", primary_key=True)


class Label(SQLModel, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    name: str = Field(sa_column=Column(String(40), unique=True, nullable=False))

    folders: list["Folder"] = Relationship(back_populates="labels", link_model=Labelled)


class FolderBase(SQLModel):
    title: str = Field(index=True)
    opened: date = Field(default=date(2024, 1, 1))


class Folder(FolderBase, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)

    labels: list[Label] = Relationship(back_populates="folders", link_model=Labelled)
    sheets: list["Sheet"] = Relationship(
        back_populates="folder",
        sa_relationship_kwargs={"order_by": "Sheet.number", "cascade": "all, delete-orphan"},
    )


class Sheet(SQLModel, table=True):
    id: Optional[int] = Field(default=None, primary_key=True)
    number: int
    text: str = ""
    folder_id: int = Field(foreign_key="folder.id", index=True)

    folder: Folder = Relationship(back_populates="sheets")


class SheetIn(SQLModel):
    text: str


class SheetPublic(SQLModel):
    number: int
    text: str


class LabelPublic(SQLModel):
    name: str


class FolderPublic(FolderBase):
    id: int
    labels: list[LabelPublic] = []


class FolderWithSheets(FolderPublic):
    sheets: list[SheetPublic] = []
