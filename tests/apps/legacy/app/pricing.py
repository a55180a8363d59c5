from decimal import Decimal

import requests

from .config import settings


def get_rate(currency: str) -> Decimal:
    response = requests.get(settings.rates_url, params={"base": "EUR"}, timeout=5)
    response.raise_for_status()
    return Decimal(str(response.json()["rates"][currency]))
