import asyncio

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from app.errors import ConflictError, CredentialsError
from app.models import Account
from app.schemas import AccountCreate
from app.security import hash_password, verify_password


async def create_account(session: AsyncSession, data: AccountCreate) -> Account:
    hashed = await asyncio.to_thread(hash_password, data.password.get_secret_value())
    account = Account(email=data.email, password_hash=hashed)
    session.add(account)
    try:
        await session.commit()
    except IntegrityError as error:
        raise ConflictError("This address has an account already") from error
    return account


async def authenticate(session: AsyncSession, email: str, password: str) -> Account:
    account = await session.scalar(select(Account).where(Account.email == email))
    if account is None or not await asyncio.to_thread(verify_password, password, account.password_hash):
        raise CredentialsError("Wrong address or password")
    return account
