from pydantic import BaseModel, ConfigDict


class MoveOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    change: int


class ItemIn(BaseModel):
    name: str
    count: int = 0


class ItemOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    count: int
    moves: list[MoveOut]
