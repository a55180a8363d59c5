from pydantic import BaseModel, ConfigDict, Field


class HarbourCreate(BaseModel):
    name: str = Field(min_length=1, max_length=80)


class HarbourRead(HarbourCreate):
    model_config = ConfigDict(from_attributes=True)

    id: int


class NoteCreate(BaseModel):
    body: str = Field(min_length=1, max_length=500)


class NoteRead(NoteCreate):
    model_config = ConfigDict(from_attributes=True)

    id: int
    starred: bool


class HarbourWithNotes(HarbourRead):
    notes: list[NoteRead]
