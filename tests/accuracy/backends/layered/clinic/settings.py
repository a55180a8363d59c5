"""All that a deployment decides."""

from functools import lru_cache

from pydantic import Field, PostgresDsn, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore")

    app_name: str = "Clinic"
    debug: bool = False
    database_url: str = "postgresql+psycopg2:///clinic"
    replica_url: PostgresDsn | None = None
    reports_url: str = "postgresql+asyncpg://reports:Splint-90-kelp@reports.internal/clinic"  # expect: SW203
    jwt_secret: SecretStr
    jwt_algorithm: str = "HS256"
    token_type: str = "bearer"
    token_url: str = "/staff/token"
    password_reset_path: str = "/staff/password/reset"
    lab_api_key: SecretStr = SecretStr("lab_59fd0c77be2a41d8a6")  # expect: SW204
    sms_api_key: SecretStr | None = None
    webhook_secret: str = ""
    session_secret: str = "change-me"
    cors_origins: list[str] = ["https://desk.clinic.example"]
    embed_origins: list[str] = ["*"]
    trusted_hosts: list[str] = Field(default_factory=lambda: ["clinic.example", "*.clinic.example"])
    page_size: int = 50


@lru_cache
def get_settings() -> Settings:
    return Settings()


settings = get_settings()
