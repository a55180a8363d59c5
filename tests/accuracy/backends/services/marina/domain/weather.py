import asyncio
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import requests
from anyio import to_thread

from marina.core.settings import get_settings

TEMPLATES = Path(__file__).parent / "templates"
settings = get_settings().tide


class TideClient:
    """The tide office, spoken to with httpx."""

    headers = {"Accept": "application/json", "X-Tide-Station-Key": "st-0c8e51Barometer22"}  # expect: SW201

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def tide(self, station: str) -> dict[str, Any]:
        response = await self.client.get(f"{settings.base_url}/tides/{station}", headers=self.headers)
        return response.json()

    async def stations(self) -> list[str]:
        response = self.client.get(f"{settings.base_url}/stations")  # expect: SW104
        return [one["name"] for one in response.json()]

    async def both(self, first: str, second: str) -> list[httpx.Response]:
        calls = [self.client.get(f"{settings.base_url}/tides/{name}") for name in (first, second)]
        return await asyncio.gather(*calls)


class Forecasts(requests.Session):
    """The weather office: has no better interface."""

    def wind(self, place: str) -> int:
        return self.get("https://wind.example/now", params={"place": place}, timeout=4).json()["knots"]

    async def gusts(self, place: str) -> int:
        response = self.get(f"https://wind.example/gusts/{place}", timeout=4)  # expect: SW101
        return response.json()["knots"]


forecasts = Forecasts()


def _knots(place: str) -> int:
    return forecasts.wind(place)


def beaufort(place: str) -> int:
    return round((_knots(place) / 1.625) ** (2 / 3))


class Bulletin:
    def __init__(self, template: Path = TEMPLATES / "bulletin.txt") -> None:
        self.template = template

    async def text(self, place: str) -> str:
        return self.template.read_text().format(place=place, force=beaufort(place))  # expect: SW101, SW103

    async def text_in_thread(self, place: str) -> str:
        template = await to_thread.run_sync(self.template.read_text)
        force = await to_thread.run_sync(beaufort, place)
        return template.format(place=place, force=force)

    async def short(self, place: str) -> str:
        return f"{place}: {await self._measured(partial(beaufort, place))}"

    async def _measured(self, measure: Callable[[], int]) -> int:
        return await asyncio.get_running_loop().run_in_executor(None, measure)


async def storm_warning(places: list[str]) -> list[str]:
    return [place for place in places if beaufort(place) >= 8]  # expect: SW103


def tide_now(client: TideClient, station: str) -> dict[str, Any]:
    """For scripts, which have no loop."""
    return asyncio.run(client.tide(station))


async def tide_and_wind(client: TideClient, station: str) -> dict[str, Any]:
    tide = asyncio.get_event_loop().run_until_complete(client.tide(station))  # expect: SW110
    return {"tide": tide}
