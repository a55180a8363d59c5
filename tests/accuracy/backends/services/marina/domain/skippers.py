import logging
from typing import Any

from fastapi import HTTPException

from marina.api.schemas import GateUser, LoginForm, Registration
from marina.cache import cache
from marina.core.security import TokenService, new_gate_code, passwords
from marina.core.uow import UnitOfWork
from marina.db.models import Skipper

log = logging.getLogger(__name__)


class Service:
    """What all services share."""

    def __init__(self, work: UnitOfWork) -> None:
        self.work = work

    async def finish(self, *keys: str) -> None:
        await self.work.commit()
        await cache.forget(*keys)


class SkipperService(Service):
    async def register(self, form: Registration) -> Skipper:
        skipper = await self.work.skippers.create(
            email=form.email, name=form.name, password_hash=passwords.hash(form.password)
        )
        await self.finish("skippers")
        return skipper

    async def register_gate_user(self, user: GateUser) -> Skipper:
        skipper = await self.work.skippers.create(email=user.email, name=user.name, password_hash="!")
        self._let_in(skipper, user.password)
        self.finish("skippers", "gate")  # expect: SW104
        return skipper

    def _let_in(self, skipper: Skipper, secret: str) -> None:
        skipper.gate_password = secret  # expect: SW501
        skipper.gate_code = new_gate_code()

    async def login(self, form: LoginForm, tokens: TokenService) -> str:
        skipper = await self.work.skippers.by_email(form.email)
        if skipper is None or not skipper.check_password(form.password):
            log.info("refused: %s", form.model_dump(exclude={"password"}))
            raise HTTPException(401)
        return tokens.issue(str(skipper.id))

    async def login_at_gate(self, form: LoginForm, tokens: TokenService) -> str:
        log.debug(f"gate login {form.email} {form.password}")  # expect: SW207
        skipper = await self.work.skippers.by_email(form.email)
        if skipper is None:
            raise HTTPException(401)
        wrong = skipper.gate_password != form.password  # expect: SW502
        if wrong:
            raise HTTPException(401)
        return tokens.issue(str(skipper.id), gate=True)

    async def change_password(self, key: int, old: str, new: str) -> None:
        skipper = await self.work.skippers.get(key)
        if skipper is None or not skipper.check_password(old):
            raise HTTPException(403)
        skipper.set_password(new)
        await self.finish()

    async def reset_password(self, key: int, new_password: str) -> None:
        skipper = await self.work.skippers.get(key)
        if skipper is not None:
            skipper.password_hash = new_password  # expect: SW501
            await self.finish()

    async def import_many(self, rows: list[dict[str, Any]]) -> int:
        for row in rows:
            await self.work.skippers.create(email=row["email"], name=row["name"], password_hash="!")
        await self.finish("skippers")
        return len(rows)

    async def fleet(self, key: int) -> list[str]:
        skipper = await self.work.skippers.get(key)
        if skipper is None:
            raise HTTPException(404)
        return [boat.name for boat in skipper.boats]  # expect: SW107

    async def fleet_loaded(self, key: int) -> list[str]:
        skipper = await self.work.skippers.with_boats(key)
        return [boat.name for boat in skipper.boats] if skipper else []

    async def fleet_later(self, key: int) -> list[str]:
        skipper = await self.work.skippers.get(key)
        return [boat.name for boat in await skipper.awaitable_attrs.boats] if skipper else []
