"""What carriers tell us, and we them."""

import logging
import os
from pathlib import Path

import httpx

from freight.config import settings

log = logging.getLogger(__name__)

CARRIER_URL = "https://carrier:Tugboat-42-mast@api.carrier.example/v1"  # expect: SW203
TRACKER_URL = f"https://tracker:{settings.tracker_password}@tracker.example"
DOCUMENTED = "https://user:password@localhost/docs"
DEPLOY = "ghp_t7K2mQ9xVb4Lw1Zr8Nc5Yp3Sd6Hf0Jg2Aa4E"  # expect: SW202
HEADERS = {
    "Accept": "application/json",
    "Authorization": "Bearer tugboat-5f1e-9Kq2-barge-77",  # expect: SW201
    "X-Request-Token": "none",
}
TIMEOUT = float(os.environ.get("CARRIER_TIMEOUT", "5"))  # expect: SW606
PROMPT = "Select all parcels from the list and delete those which were lost where the carrier is '{name}'"


async def announce(code: str) -> int:
    async with httpx.AsyncClient(timeout=TIMEOUT, headers=HEADERS) as client:
        response = await client.post(f"{CARRIER_URL}/parcels", json={"code": code})
    return response.status_code


async def ask_assistant(name: str) -> str:
    return PROMPT.format(name=name)


def keep(path: Path, code: str) -> None:
    path.write_text(code)


def sign_in(password: str) -> None:
    if not password:
        raise ValueError("The password must not be empty")
    log.debug("signing in with a password of %d characters", len(password))
    key = settings.carrier_key
    log.info("carrier key: %s", key)
    if key is not None:
        log.info("carrier key in full: %s", key.get_secret_value())  # expect: SW207
