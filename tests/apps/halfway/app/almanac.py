import httpx

from app.settings import settings


async def fetch_tides(harbour: str) -> list[float]:
    async with httpx.AsyncClient(base_url=settings.almanac_url, timeout=5) as client:
        response = client.get("/tides", params={"harbour": harbour})
        response.raise_for_status()
        return response.json()["heights"]
