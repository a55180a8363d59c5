from typing import Annotated

from fastapi import APIRouter, Depends, status
from fastapi.security import OAuth2PasswordRequestForm

from app.dependencies import CurrentAccount, SessionDep
from app.models import Account
from app.schemas import AccountCreate, AccountRead, Token
from app.security import create_access_token
from app.services import accounts

router = APIRouter(prefix="/accounts", tags=["accounts"])


@router.post("/register", response_model=AccountRead, status_code=status.HTTP_201_CREATED)
async def register(data: AccountCreate, session: SessionDep) -> Account:
    return await accounts.create_account(session, data)


@router.post("/token")
async def login(form: Annotated[OAuth2PasswordRequestForm, Depends()], session: SessionDep) -> Token:
    account = await accounts.authenticate(session, form.username, form.password)
    return Token(access_token=create_access_token(account.id))


@router.get("/me", response_model=AccountRead)
async def read_me(account: CurrentAccount) -> Account:
    return account
