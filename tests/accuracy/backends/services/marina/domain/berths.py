import asyncio
from decimal import Decimal

from fastapi import BackgroundTasks, HTTPException
from starlette.concurrency import run_in_threadpool

from marina.api.schemas import BoatIn
from marina.core.uow import UnitOfWork
from marina.db.ledger import Ledger, open_ledger
from marina.db.models import Berth, Boat, Note
from marina.db.session import sessions
from marina.domain.skippers import Service

PRICE = Decimal("12.50")


class BerthService(Service):
    def __init__(self, work: UnitOfWork) -> None:
        super().__init__(work)
        self.ledger = open_ledger()

    async def occupancy(self) -> dict[str, int]:
        free, boats = await asyncio.gather(self.work.berths.free(), self.work.boats.page(0, 500))  # expect: SW106
        return {"free": len(free), "boats": len(boats)}

    async def occupancy_apart(self) -> dict[str, int]:
        counts = await asyncio.gather(*(self._on_pier(pier) for pier in "ABC"))
        return dict(zip("ABC", counts, strict=True))

    async def _on_pier(self, pier: str) -> int:
        async with UnitOfWork(sessions) as work:
            return len(await work.berths.on_pier(pier))

    async def assign(self, key: int, boat: BoatIn, skipper: int, tasks: BackgroundTasks) -> Berth:
        berth = await self.work.berths.get(key)
        if berth is None:
            raise HTTPException(404)
        made = await self.work.boats.create(name=boat.name, length=boat.length, skipper_id=skipper)
        berth.boat_id = made.id
        await self.finish(f"berth:{key}")
        tasks.add_task(note_arrival, key, made.name)
        return berth

    async def label(self, key: int) -> str:
        berth = await self.work.berths.get(key)
        if berth is None or berth.boat_id is None:
            return "free"
        return f"{berth.pier}{berth.number}: {berth.boat.name}"  # expect: SW107

    async def labels(self) -> list[str]:
        return [f"{berth.pier}{berth.number}: {berth.boat.name}" for berth in await self.work.berths.taken()]

    async def notes(self, key: int) -> list[str]:
        berth = await self.work.berths.get(key)
        return [note.text for note in berth.notes] if berth else []

    async def balance(self, skipper: int) -> Decimal:
        return self.ledger.balance(skipper)  # expect: SW102

    async def balance_in_thread(self, skipper: int) -> Decimal:
        return await run_in_threadpool(self.ledger.balance, skipper)

    async def charge(self, skipper: int, nights: int) -> None:
        book = Ledger().book
        await asyncio.to_thread(book, skipper, PRICE * nights)

    def statement(self, skipper: int) -> str:
        return f"{self.ledger.balance(skipper):.2f}"

    async def mail_statement(self, skipper: int) -> str:
        statement = self.statement(skipper)  # expect: SW102
        return f"You owe {statement}"


async def note_arrival(berth: int, boat: str) -> None:
    async with sessions() as session, session.begin():
        session.add(Note(berth_id=berth, text=f"{boat} arrived"))


async def rename(work: UnitOfWork, boat: Boat, name: str) -> None:
    boat.name = name
    await work.commit()
