import time
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request, WebSocket
from fastapi.security import OAuth2PasswordRequestForm
from loguru import logger
from sqlalchemy import text

from nursery.api.deps import CurrentUser, Length, WindowDep
from nursery.core import AsyncSessionDep, SessionDep
from nursery.core.security import create_token, verify_password
from nursery.crud import UserCrud
from nursery.crud import authenticate as check_login
from nursery.crud.users import authenticate_till
from nursery.models import (
    Message,
    PasswordUpdate,
    User,
    UserCreate,
    UserPublic,
    UserWithSecrets,
)

router = APIRouter()
till = APIRouter(prefix="/till")


@router.post("/login/access-token")
def login(session: SessionDep, form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
    user = check_login(session, form.username, form.password)
    if user is None:
        time.sleep(1)
        raise HTTPException(400, "Incorrect email or password")
    return {"access_token": create_token(user.id), "token_type": "bearer"}


@till.post("/login")
async def till_login(session: SessionDep, email: str, password: str) -> str:
    user = authenticate_till(session, email, password)  # expect: SW102
    if user is None:
        logger.info("{} failed with {}", email, password)  # expect: SW207
        raise HTTPException(400)
    return create_token(user.id)


@router.post("/users", response_model=UserPublic)
def register(data: UserCreate, session: SessionDep) -> Any:
    return UserCrud(session).register(data)


@router.post("/users/signup/invited", response_model=UserPublic)
def register_invited(data: UserCreate, session: SessionDep) -> Any:
    return UserCrud(session).invite(data)


@router.get("/users", response_model=list[UserPublic])
def users(session: SessionDep, window: WindowDep, user: CurrentUser) -> Any:
    return UserCrud(session).list(window.offset, window.limit)


@router.get("/users/dump", response_model=list[UserWithSecrets])  # expect: SW504
def dump(session: SessionDep, user: CurrentUser) -> Any:
    return UserCrud(session).list(0, 100)


@router.get("/users/me")
def me(user: CurrentUser) -> UserPublic:
    return UserPublic.model_validate(user)


@router.get("/users/me/all")
def me_all(user: CurrentUser) -> User:  # expect: SW504
    return user


@router.get("/users/me/length")
async def length(value: Annotated[int, Depends(Length("email"))], user: CurrentUser) -> int:
    return value


@router.get("/users/me/raw")
def me_raw(user: CurrentUser):  # expect: SW308
    return {"id": user.id, "email": user.email}


@router.patch("/users/me/password")
def change_password(data: PasswordUpdate, session: SessionDep, user: CurrentUser) -> Message:
    if not verify_password(data.current_password, user.hashed_password):
        raise HTTPException(400, "Incorrect password")
    if data.current_password == data.new_password:
        raise HTTPException(400, "The new password is the old one")
    UserCrud(session).set_password(user, data.new_password)
    return Message(message="Password updated")


@router.post("/users/me/preferences")
async def preferences(request: Request, user: CurrentUser) -> dict[str, Any]:
    form = await request.json()  # expect: SW302
    return {"language": form["language"], "theme": form.get("theme")}


@router.post("/users/me/verified")
async def verified(request: Request, user: CurrentUser) -> UserPublic:
    return UserPublic.model_validate_json(await request.body())


@router.post("/users/me/trusted")
def trusted(data: dict, user: CurrentUser) -> UserPublic:  # expect: SW301
    return UserPublic.model_construct(**data)  # expect: SW305


@router.get("/users/{user_id}/shadow")
def shadow(user_id: int, session: SessionDep, user: CurrentUser) -> UserPublic:
    row = session.get_one(User, user_id)
    return UserPublic.model_construct(id=row.id, email=row.email, name=row.name)


@router.websocket("/users/find")
async def find(socket: WebSocket, session: AsyncSessionDep) -> None:
    await socket.accept()
    async for wanted in socket.iter_text():
        rows = await session.execute(text("SELECT name FROM users WHERE email = :email"), {"email": wanted})
        await socket.send_json([row.name for row in rows])


@till.get("/names/{prefix}")
async def names(prefix, session: AsyncSessionDep) -> list[str]:  # expect: SW306
    rows = await session.execute(text("SELECT name FROM users WHERE name LIKE :prefix"), {"prefix": f"{prefix}%"})
    return [row.name for row in rows]
