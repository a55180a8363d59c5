"""Pages of whatever is asked for."""

from math import ceil
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Query, Session


def paginate(query: Query, page: int, size: int) -> dict[str, Any]:
    total = query.order_by(None).count()
    items = query.limit(size).offset((page - 1) * size).all()
    return {"items": items, "total": total, "pages": ceil(total / size)}


def paginate_select(session: Session, statement: Select, *, page: int, size: int) -> dict[str, Any]:
    total = session.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0
    rows = session.scalars(statement.limit(size).offset((page - 1) * size))
    return {"items": rows.all(), "total": total, "pages": ceil(total / size)}
