import os

from dotenv import load_dotenv
from pydantic_settings import BaseSettings

load_dotenv()


class Config(BaseSettings):
    database_url: str
    redis_url: str = "redis://localhost:6379/0"
    signing_key: str = "bell-and-chain-55d0-Tyre"  # expect: SW204
    supplier_token: str | None = None
    token_minutes: int = 30
    sort_key: str = "created_at"
    password_min_length: int = 10
    echo: bool = False


config = Config()

DEBUG = os.getenv("DEBUG", "") == "1"
