import os
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

JsonObject = dict[str, Any]


class DatabaseSettings(BaseModel):
    url: str = "postgresql+asyncpg://localhost/marina"
    ledger_url: str = "postgresql+psycopg2://ledger:Halyard-42-Cleat@ledger.marina.internal/ledger"  # expect: SW203
    reports_url: str = "postgresql+psycopg2://localhost/reports"
    echo: bool = False


class TokenSettings(BaseModel):
    signing_key: SecretStr
    refresh_key: SecretStr = SecretStr("b3f1-Capstan-Knot-7741")  # expect: SW204
    algorithm: str = "HS256"
    audience: str = "marina-skippers"
    lifetime: int = 900


class TideSettings(BaseModel):
    base_url: str = "https://tides.example/v2"
    api_key: str = Field(default="4f9aWq81Lz0Rm7XeKp", description="Given to us by the tide office")  # expect: SW204
    key_header: str = "X-Tide-Api-Key"
    token_path: str = "/oauth/token"


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", env_nested_delimiter="__", extra="ignore")

    database: DatabaseSettings = DatabaseSettings()
    tokens: TokenSettings
    tide: TideSettings = Field(default_factory=TideSettings)
    redis_url: str = "redis://localhost:6379/2"
    webhook_secret: str | None = None
    origins: list[str] = ["https://marina.example", "https://office.marina.example"]
    widget_origins: list[str] = ["*"]
    debug: bool = False
    region: str = Field(default_factory=lambda: os.environ.get("REGION", "north"))


@lru_cache
def get_settings() -> Settings:
    return Settings()
