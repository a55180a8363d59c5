from functools import lru_cache

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    database_url: SecretStr
    database_pool_size: int = Field(default=10, ge=1)
    database_max_overflow: int = Field(default=10, ge=0)
    jwt_secret: SecretStr
    access_token_minutes: int = Field(default=30, ge=1)
    cors_origins: list[str] = []


@lru_cache
def get_settings() -> Settings:
    return Settings()
