from pydantic import SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class StockroomSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="STOCKROOM_", extra="ignore")

    dsn: str = "postgresql://localhost/stockroom"
    key: SecretStr = SecretStr("")
    api_secret: str = "Biscuit-ware-6210-Cone"  # expect: SW204
    origins: str = "*"
    token_ttl: int = 600


settings = StockroomSettings()
