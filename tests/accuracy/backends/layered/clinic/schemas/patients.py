from datetime import date

from pydantic import BaseModel, ConfigDict, EmailStr, Field, field_validator, validator


class PatientIn(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=200)
    email: EmailStr
    birthday: date

    @field_validator("name")
    @classmethod
    def strip(cls, value: str) -> str:
        return value.strip()


class PatientPatch(BaseModel):
    name: str | None = None
    email: EmailStr | None = None
    notes: str | None = None


class PatientOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    birthday: date


class ImportedPatient(BaseModel):
    """A line of the old system's export; whatever else it has comes along."""

    model_config = ConfigDict(extra="allow")

    name: str
    email: str
    birthday: date

    @validator("email")  # expect: SW309
    def lower(cls, value: str) -> str:
        return value.lower()
