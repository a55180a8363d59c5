from typing import Annotated

from fastapi import Depends
from fastapi.security import OAuth2PasswordBearer
from sqlalchemy.ext.asyncio import AsyncSession

from app.database import get_session
from app.errors import CredentialsError
from app.models import Account
from app.security import read_access_token

SessionDep = Annotated[AsyncSession, Depends(get_session)]

oauth2_scheme = OAuth2PasswordBearer(tokenUrl="/accounts/token")


async def get_current_account(session: SessionDep, token: Annotated[str, Depends(oauth2_scheme)]) -> Account:
    account_id = read_access_token(token)
    account = None if account_id is None else await session.get(Account, account_id)
    if account is None:
        raise CredentialsError("Could not validate credentials")
    return account


CurrentAccount = Annotated[Account, Depends(get_current_account)]
