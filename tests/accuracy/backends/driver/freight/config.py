import os
from dataclasses import dataclass

from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", env_prefix="FREIGHT_", extra="ignore")

    dsn: SecretStr
    token_key: SecretStr
    carrier_key: SecretStr | None = None
    tracker_password: str = os.getenv("TRACKER_PASSWORD", "Harbor-Crane-09x")  # expect: SW204
    max_rows: int = 500
    api_key_name: str = "x-freight-key"
    public_key_path: str = "/etc/freight/public.pem"
    secret_backend: str = "vault"


@dataclass(frozen=True)
class Pools:
    smallest: int = 2
    largest: int = 10


settings = Settings()
pools = Pools()
