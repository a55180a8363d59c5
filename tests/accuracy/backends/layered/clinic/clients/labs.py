"""The laboratory's API."""

import time
from pathlib import Path
from typing import Any

import httpx
import requests

from clinic.settings import settings

BASE = "https://labs.example/api"
CACHE = Path("/var/cache/clinic")


class LabClient:
    def __init__(self) -> None:
        self._client = httpx.AsyncClient(base_url=BASE, timeout=10)

    async def results(self, patient_id: int) -> list[dict[str, Any]]:
        response = await self._client.get(f"/results/{patient_id}", headers=_headers())
        response.raise_for_status()
        return response.json()

    async def order(self, patient_id: int, test: str) -> str:
        response = self._client.post("/orders", json={"patient": patient_id, "test": test})  # expect: SW104
        return response.json()["id"]

    async def close(self) -> None:
        await self._client.aclose()


class Sandbox:
    """The laboratory's playground, which wants a key as well."""

    baseUrl = "https://sandbox.labs.example/api"
    apiKey = "Kelp-70ab-Suture-3e"  # expect: SW201
    keyHeader = "X-Api-Key"


def fetch_catalogue() -> list[dict[str, Any]]:
    return _get_with_retry("/catalogue").json()


def _get_with_retry(path: str) -> requests.Response:
    for attempt in range(3):
        response = requests.get(BASE + path, headers=_headers(), timeout=10)
        if response.ok:
            return response
        time.sleep(2**attempt)
    raise RuntimeError(f"{path} failed")


def _headers() -> dict[str, str]:
    return {"X-Api-Key": settings.lab_api_key.get_secret_value(), "X-Token-Type": "key"}


def cached_path(key: str) -> Path:
    return CACHE / f"{key}.json"
