from pydantic import BaseModel, ConfigDict, EmailStr, Field, SecretStr


class StaffIn(BaseModel):
    email: EmailStr
    password: SecretStr
    role: str = "nurse"


class PasswordChange(BaseModel):
    current: str
    password: str = Field(min_length=12)
    password_again: str

    def agrees(self) -> bool:
        return self.password == self.password_again


class StaffOut(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    email: EmailStr
    role: str


class StaffExport(StaffOut):
    password_hash: str


class StaffInternal(StaffOut):
    """Never leaves the process."""

    password_hash: str = Field(exclude=True)


class Token(BaseModel):
    access_token: str
    token_type: str = "bearer"
