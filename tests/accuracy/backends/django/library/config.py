"""What the environment says, read once."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Config(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="DJANGO_", extra="ignore")

    secret_key: str
    debug: bool = False
    database_password: str = ""
    allowed_hosts: list[str] = ["library.example"]
    mail_password: str | None = None
    covers_url: str = "https://covers.example"


config = Config()
