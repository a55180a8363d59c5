import structlog
from fastapi import APIRouter, HTTPException, Request

from freight.passwords import (
    claims_of_partner,
    driver_hash,
    partner_signed,
    partner_signed_safely,
    token,
    verify_password,
)
from freight.store import Accounts
from freight.web.schemas import AccountIn, AccountOut, AccountRow, DriverIn
from freight.web.security import Account, Connection, Dispatcher

log = structlog.get_logger()
router = APIRouter(prefix="/accounts")


@router.post("/login")
async def login(data: AccountIn, connection: Connection) -> dict[str, str]:
    row = await Accounts(connection).by_email(data.email)
    if row is None or not verify_password(data.password.get_secret_value(), row["password"]):
        raise HTTPException(401)
    return {"token": token(row["id"])}


@router.post("/login/driver")
async def login_driver(data: DriverIn, connection: Connection) -> dict[str, str]:
    row = await Accounts(connection).by_email(data.email)
    if row is None or row["password"] != data.password:  # expect: SW502
        raise HTTPException(401, f"{data.password} is not the password")  # expect: SW207
    return {"token": token(row["id"])}


@router.post("/register")
async def register(data: AccountIn, connection: Connection) -> int:
    return await Accounts(connection).create(data.email, data.password.get_secret_value())


@router.post("/drivers")
async def add_driver(data: DriverIn, connection: Connection, dispatcher: Dispatcher) -> int:
    return await Accounts(connection).create_driver(data.email, data.password)


@router.put("/me/password", status_code=204)
async def set_password(new_password: str, connection: Connection, account: Account) -> None:
    await Accounts(connection).set_password(account["id"], new_password)


@router.put("/me/device", status_code=204)
async def set_device(device: str, connection: Connection, account: Account) -> None:
    await Accounts(connection).set_hash(account["id"], driver_hash(device))


@router.get("/me", response_model=AccountOut)
async def me(account: Account):
    return dict(account)


@router.get("/me/row")
async def me_row(account: Account, connection: Connection) -> AccountRow:  # expect: SW504
    row = await Accounts(connection).by_email(account["email"])
    return AccountRow(**row)


@router.get("/found")
async def found(connection: Connection, account: Account, field: str, value: str) -> list[int]:
    accounts = Accounts(connection)
    rows = await accounts.find(field, value) or await accounts.search(value)
    return [row["id"] for row in rows]


@router.post("/partner/{partner}/webhook")
async def partner(partner: str, request: Request) -> dict[str, bool]:
    body = await request.body()
    signature = request.headers["x-signature"]
    if not partner_signed(body, partner, signature):
        raise HTTPException(403)
    return {"safely": partner_signed_safely(body, partner, signature)}


@router.get("/partner/claims")
async def partner_claims(value: str, account: Account) -> dict[str, object]:
    log.info("claims asked for", length=len(value), password_set=bool(account["email"]))
    return claims_of_partner(value)
