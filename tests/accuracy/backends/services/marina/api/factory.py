"""Routers that are alike for all that can be listed and read."""

from collections.abc import Callable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException

from marina.api.schemas import Schema
from marina.core.deps import BoundedPage, Unit, current_skipper
from marina.core.uow import UnitOfWork
from marina.db.repository import Repository


def reading_router(
    prefix: str, schema: type[Schema], repository: Callable[[UnitOfWork], Repository[Any]]
) -> APIRouter:
    router = APIRouter(prefix=prefix, dependencies=[Depends(current_skipper)])

    @router.get("", response_model=list[schema])
    async def page(work: Unit, page: Annotated[BoundedPage, Depends()]) -> Sequence[Any]:
        return await repository(work).page(page.offset, page.limit)

    @router.get("/{key}", response_model=schema)
    async def one(key: int, work: Unit) -> Any:
        found = await repository(work).get(key)
        if found is None:
            raise HTTPException(404)
        return found

    @router.put("/{key}", response_model=schema)
    async def replace(key: int, values: dict[str, Any], work: Unit) -> Any:  # expect: SW301
        found = await repository(work).overwrite(key, values)
        await work.commit()
        return found

    return router
