from typing import Literal

from pydantic import AnyUrl, SecretStr, computed_field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env", extra="ignore")  # expect: SW205

    environment: Literal["local", "production"] = "local"
    postgres_host: str = "localhost"
    postgres_user: str = "nursery"
    postgres_password: SecretStr
    secret_key: SecretStr
    media_bucket: str = "nursery-media"
    admin_password: str = "Compost-5-Heap!"  # expect: SW204
    first_user_email: str = "grower@example.com"
    access_token_minutes: int = 60
    token_algorithm: str = "HS256"
    api_key_header: str = "X-Api-Key"
    cors_origins: list[AnyUrl] = []
    sql_echo: bool = False

    @computed_field
    @property
    def database_url(self) -> str:
        password = self.postgres_password.get_secret_value()
        return f"postgresql://{self.postgres_user}:{password}@{self.postgres_host}/nursery"

    @property
    def herbarium_url(self) -> str:
        return f"mongodb://grower:Trowel-88-Bulb@{self.postgres_host}/herbarium"  # expect: SW203

    @property
    def queue_url(self) -> str:
        return f"amqp://{self.postgres_user}:{self.postgres_password.get_secret_value()}@{self.postgres_host}"


settings = Settings()
