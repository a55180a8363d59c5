"""What is kept for a while, in Redis."""

import json
from typing import Any

import redis
from redis import asyncio as aioredis

from marina.core.settings import get_settings

PREFIX = "marina:"


class Cache:
    def __init__(self, url: str) -> None:
        self._client = aioredis.from_url(url, decode_responses=True)

    async def read(self, key: str) -> Any:
        stored = await self._client.get(PREFIX + key)
        return json.loads(stored) if stored else None

    async def write(self, key: str, value: Any, seconds: int = 60) -> None:
        self._client.setex(PREFIX + key, seconds, json.dumps(value))  # expect: SW104

    async def forget(self, *keys: str) -> None:
        async with self._client.pipeline() as pipe:
            for key in keys:
                pipe.delete(PREFIX + key)
            await pipe.execute()


class Limiter:
    """How often someone may ask."""

    def __init__(self, url: str, per_minute: int = 60) -> None:
        self._redis = redis.Redis.from_url(url)
        self.per_minute = per_minute

    async def allow(self, who: str) -> bool:
        hits = self._redis.incr(f"hits:{who}")  # expect: SW101
        return hits <= self.per_minute

    def reset(self, who: str) -> None:
        self._redis.delete(f"hits:{who}")


cache = Cache(get_settings().redis_url)
limiter = Limiter(get_settings().redis_url)
