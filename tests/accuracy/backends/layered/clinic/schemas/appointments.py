from datetime import datetime
from enum import Enum

from pydantic import BaseModel, ConfigDict


class Sorting(str, Enum):
    starts_at = "starts_at"
    fee = "fee"
    state = "state"


class AppointmentIn(BaseModel):
    patient_id: int
    starts_at: datetime
    fee: int = 0


class AppointmentPatch(BaseModel):
    starts_at: datetime | None = None
    state: str | None = None


class AppointmentOut(BaseModel):
    id: int
    patient_id: int
    starts_at: datetime
    state: str

    class Config:  # expect: SW309
        from_attributes = True


class ReceiptLine(BaseModel):
    model_config = ConfigDict(frozen=True)

    label: str
    amount: int

    def json_line(self) -> str:
        return self.model_dump_json()
