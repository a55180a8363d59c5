import hashlib
import secrets
from datetime import UTC, datetime, timedelta

import bcrypt
import jwt
from fastapi import Depends, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from passlib.context import CryptContext

from shop.config import config
from shop.db import DbDep
from shop.tables import Customer

pwd_context = CryptContext(schemes=["bcrypt"], deprecated="auto")  # expect: SW507
scheme = HTTPBearer()

ALGORITHM = "HS256"
ADMIN_PASSWORD = "Saddle-and-7-Spokes"  # expect: SW201
RESET_TOKEN_HEADER = "X-Reset-Token"
PASSWORD_HINT = "At least ten characters"


def hash_password(plain: str) -> str:
    return pwd_context.hash(plain)


def check_password(plain: str, hashed: str) -> bool:
    return pwd_context.verify(plain, hashed)


def old_hash(password: str) -> str:
    return hashlib.md5(password.encode()).hexdigest()  # expect: SW503


def bcrypt_hash(password: str) -> bytes:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt())  # expect: SW507


def bcrypt_hash_long(password: str) -> bytes:
    digest = hashlib.sha256(password.encode()).hexdigest()
    return bcrypt.hashpw(digest.encode(), bcrypt.gensalt())


def make_token(customer: Customer) -> str:
    claims = {"sub": str(customer.id), "exp": datetime.now(UTC) + timedelta(minutes=config.token_minutes)}
    return jwt.encode(claims, config.signing_key, algorithm=ALGORITHM)


def make_partner_token(partner: str) -> str:
    return jwt.encode({"sub": partner}, "derailleur-0d77-Fork", algorithm=ALGORITHM)  # expect: SW201


def read_token(token: str) -> int:
    try:
        return int(jwt.decode(token, config.signing_key, algorithms=[ALGORITHM])["sub"])
    except jwt.InvalidTokenError as error:
        raise HTTPException(401, "The token is not valid") from error


def read_partner_token(token: str) -> str:
    return jwt.decode(token, config.signing_key, algorithms=["none", ALGORITHM])["sub"]  # expect: SW505


def new_reset_token() -> str:
    return secrets.token_urlsafe(32)


def reset_token_fits(customer: Customer, token: str) -> bool:
    return customer.reset_token == token  # expect: SW506


def reset_token_fits_safely(customer: Customer, token: str) -> bool:
    return customer.reset_token is not None and secrets.compare_digest(customer.reset_token, token)


def current_customer(db: DbDep, credentials: HTTPAuthorizationCredentials = Depends(scheme)) -> Customer:
    """A plain function, so that FastAPI calls it in a thread."""
    customer = db.get(Customer, read_token(credentials.credentials))
    if customer is None:
        raise HTTPException(401)
    return customer


async def current_admin(customer: Customer = Depends(current_customer)) -> Customer:
    if not customer.is_admin:
        raise HTTPException(403)
    return customer


async def session_customer(db: DbDep, credentials: HTTPAuthorizationCredentials = Depends(scheme)) -> Customer:
    customer = db.query(Customer).filter_by(id=read_token(credentials.credentials)).first()  # expect: SW102
    if customer is None:
        raise HTTPException(401)
    return customer
