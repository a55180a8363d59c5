"""Mails to customers."""

import httpx

from nursery.core.config import settings

API = "https://mail.example/v3/send"
SENDER = "Bearer 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"  # expect: SW202


async def send(to: str, subject: str) -> int:
    async with httpx.AsyncClient(headers={"X-Mail-Account": SENDER}) as client:
        response = await client.post(API, json={"to": to, "subject": subject, "from": settings.first_user_email})
        return response.status_code


def connect(password: str = "Mulch-8-Rake-tin") -> httpx.Client:  # expect: SW201
    return httpx.Client(auth=("nursery", password))


def describe(password: str | None) -> str:
    masked = "*" * len(password or "")
    return f"mailer with {masked}"
