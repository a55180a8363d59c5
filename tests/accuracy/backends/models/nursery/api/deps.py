from typing import Annotated

import jwt
from fastapi import Depends, HTTPException, Query, status
from fastapi.security import OAuth2PasswordBearer
from loguru import logger

from nursery.core import SessionDep
from nursery.core.security import decode_token
from nursery.models import User

reusable_oauth2 = OAuth2PasswordBearer(tokenUrl="/login/access-token")
TokenDep = Annotated[str, Depends(reusable_oauth2)]


def get_current_user(session: SessionDep, token: TokenDep) -> User:
    try:
        payload = decode_token(token)
    except jwt.InvalidTokenError as error:
        logger.debug("token refused: {}", error)
        raise HTTPException(status.HTTP_403_FORBIDDEN, "Could not validate credentials") from error
    user = session.get(User, int(payload["sub"]))
    if not user:
        raise HTTPException(404, "User not found")
    return user


CurrentUser = Annotated[User, Depends(get_current_user)]


async def get_current_grower(user: CurrentUser) -> User:
    if not user.is_grower:
        raise HTTPException(403)
    return user


class Window:
    """`offset` and `limit`, in bounds."""

    def __init__(self, offset: int = 0, limit: int = Query(default=100, le=100)) -> None:
        self.offset, self.limit = offset, limit


class Length:
    """How long an attribute of the user is."""

    def __init__(self, attribute: str) -> None:
        self.attribute = attribute

    async def __call__(self, session: SessionDep, user: CurrentUser) -> int:
        session.refresh(user)  # expect: SW102
        return len(getattr(user, self.attribute))


WindowDep = Annotated[Window, Depends()]
