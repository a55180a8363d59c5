import logging

import httpx

from .config import settings

logger = logging.getLogger(__name__)

NOTIFY_API_KEY = "plb_notify_7Qm2xV9tRk4LsW8dZc31"


async def send_order_confirmation(email: str, order_id: int) -> None:
    if settings.notify_url is None:
        return
    message = {"to": email, "template": "order-confirmation", "order_id": order_id}
    try:
        async with httpx.AsyncClient(timeout=5) as client:
            response = await client.post(settings.notify_url, json=message, headers={"X-Api-Key": NOTIFY_API_KEY})
            response.raise_for_status()
    except httpx.HTTPError as exc:
        logger.error("Could not confirm order %s: %s", order_id, exc)
