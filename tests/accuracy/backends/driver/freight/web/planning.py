"""Routes, as methods of a class that are added one by one."""

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from fastapi import APIRouter, Depends, Request, WebSocket

from freight.jobs.planner import plan, plan_everything
from freight.store import Routes
from freight.store.pool import sync_connection
from freight.store.routes import lengths
from freight.web.security import account


class Planning:
    def __init__(self) -> None:
        self.threads = ThreadPoolExecutor(2)
        self.router = APIRouter(prefix="/planning", dependencies=[Depends(account)])
        self.router.add_api_route("/named/{name}", self.named)
        self.router.add_api_route("/towards/{town}", self.towards)
        self.router.add_api_route("/counted/{table}", self.counted)
        self.router.add_api_route("/lengths", self.lengths)
        self.router.add_api_route("/lengths/now", self.lengths_now)
        self.router.add_api_route("/plan", self.plan, methods=["POST"])
        self.router.add_api_route("/plan/wait", self.plan_and_wait, methods=["POST"])
        self.router.add_api_route("/plan/note", self.note, methods=["POST"])
        self.router.add_api_websocket_route("/live", self.live)

    async def named(self, name: str) -> list[dict]:
        routes = await Routes.open()
        return await routes.named(name)

    async def towards(self, town: str) -> list[tuple]:
        routes = await Routes.open()
        return await routes.towards(town)

    async def counted(self, table: str) -> int:
        routes = await Routes.open()
        return await routes.counted(table)

    async def lengths(self) -> list[int]:
        return await asyncio.to_thread(lengths)

    async def lengths_now(self) -> list[int]:
        return lengths()  # expect: SW103

    async def plan(self) -> dict[str, Any]:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.threads, plan)

    async def plan_and_wait(self) -> dict[str, Any]:
        future: Future[dict[str, Any]] = self.threads.submit(plan)
        return future.result()  # expect: SW101

    async def note(self, request: Request) -> str:
        form = await request.form()  # expect: SW302
        return form["note"].strip()

    async def live(self, socket: WebSocket) -> None:
        await socket.accept()
        async for word in socket.iter_text():
            with sync_connection() as connection:  # expect: SW103
                rows = connection.execute(f"SELECT name FROM routes WHERE name = '{word}'").fetchall()  # expect: SW101, SW401
            await socket.send_json(rows)
            plan_everything()  # expect: SW104
