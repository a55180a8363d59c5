from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_file=".env")

    app_name: str = "Paper Lantern Books"
    access_token_minutes: int = 60
    rates_url: str = "https://rates.paperlantern.example/latest"
    notify_url: str | None = None
    smtp_host: str = "localhost"
    smtp_password: str = ""


settings = Settings()
