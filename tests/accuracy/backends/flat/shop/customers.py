import logging

import requests
from fastapi import APIRouter, Depends, HTTPException, Query, Response
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from shop.auth import (
    bcrypt_hash,
    check_password,
    current_admin,
    current_customer,
    hash_password,
    make_token,
    new_reset_token,
    reset_token_fits,
    session_customer,
)
from shop.db import DbDep, SessionLocal, get_archive, get_db
from shop.db import Scoped as registry
from shop.schemas import CustomerDetails, CustomerIn, CustomerOut, Label, Login
from shop.tables import Bike, Customer

log = logging.getLogger(__name__)
router = APIRouter(prefix="/customers")


@router.post("/register", response_model=CustomerOut)
def register(data: CustomerIn, db: Session = Depends(get_db)):
    customer = Customer(email=data.email, name=data.name, password=hash_password(data.password))
    db.add(customer)
    db.commit()
    return customer


@router.post("/register/phone", response_model=CustomerOut)
def register_by_phone(data: dict, db: Session = Depends(get_db)):  # expect: SW301
    customer = Customer(email=data["email"], name=data["name"], password=data["password"])  # expect: SW501
    db.add(customer)
    db.commit()
    return customer


@router.post("/login")
def login(data: Login, db: DbDep) -> dict[str, str]:
    customer = db.scalar(select(Customer).where(Customer.email == data.email))
    if customer is None or not check_password(data.password, customer.password):
        log.info("login refused for %s", data.email)
        raise HTTPException(401)
    return {"token": make_token(customer)}


@router.post("/login/kiosk")
def login_at_kiosk(data: Login, db: DbDep) -> dict[str, str]:
    customer = db.scalar(select(Customer).where(Customer.email == data.email))
    if customer is None or customer.password != data.password:  # expect: SW502
        log.warning("kiosk login failed: %s / %s", data.email, data.password)  # expect: SW207
        raise HTTPException(401)
    return {"token": make_token(customer)}


@router.get("/me", response_model=CustomerOut)
async def me(customer: Customer = Depends(current_customer)):
    return customer


@router.get("/me/bikes")
async def my_bikes(db: DbDep, customer: Customer = Depends(current_customer)) -> list[str]:
    bikes = db.scalars(select(Bike).where(Bike.owner_id == customer.id)).all()  # expect: SW102
    return [bike.frame for bike in bikes]


@router.get("/me/label")
async def my_label(customer: Customer = Depends(session_customer)) -> dict[str, str]:
    return Label(customer.name).dict()


@router.put("/me/password", status_code=204)
async def new_password(
    password: str, db: Session = Depends(get_db), customer: Customer = Depends(current_customer)
) -> Response:
    customer.password = hash_password(password)
    db.add(customer)
    await run_in_threadpool(db.commit)
    return Response(status_code=204)


@router.put("/me/email")
async def new_email(email: str, customer: Customer = Depends(current_customer)) -> dict[str, str]:
    with SessionLocal() as session:
        row = session.get(Customer, customer.id)  # expect: SW102
        row.email = email
        session.commit()  # expect: SW102
    return {"email": email}


@router.put("/reset/{customer_id}", status_code=204)
def reset_password(customer_id: int, token: str, password: str, db: DbDep) -> None:
    customer = db.get(Customer, customer_id)
    if customer is None or not reset_token_fits(customer, token):
        raise HTTPException(403)
    customer.password = bcrypt_hash(password).decode()
    customer.reset_token = None
    db.commit()
    log.info("reset with a token of %d characters", len(token))


@router.post("/reset")
def ask_for_reset(email: str, db: DbDep) -> dict[str, bool]:
    customer = db.scalar(select(Customer).where(Customer.email == email))
    if customer is not None:
        customer.reset_token = new_reset_token()
        db.commit()
        print("reset token", customer.reset_token)  # expect: SW207
    return {"sent": True}


@router.get("", dependencies=[Depends(current_admin)])
def list_customers(db: DbDep, limit: int = Query(20, ge=1, le=100)) -> list[CustomerOut]:
    rows = db.scalars(select(Customer).order_by(Customer.id).limit(limit))
    return [CustomerOut.model_validate(row) for row in rows]


@router.get("/all", response_model=list[CustomerDetails], dependencies=[Depends(current_admin)])  # expect: SW504
def all_customers(db: DbDep, page_size: int = 100):  # expect: SW307
    return db.query(Customer).limit(page_size).all()


@router.get("/found", dependencies=[Depends(current_admin)])
def find(name: str, db: DbDep) -> list[int]:
    rows = db.execute(text(f"SELECT id FROM customers WHERE name = '{name}'"))  # expect: SW401
    return [row.id for row in rows]


@router.get("/found/safely", dependencies=[Depends(current_admin)])
def find_safely(name: str, db: DbDep) -> list[int]:
    rows = db.execute(text("SELECT id FROM customers WHERE name = :name").bindparams(name=name))
    return [row.id for row in rows]


@router.get("/archived/{customer_id}", dependencies=[Depends(current_admin)])
async def archived(customer_id: int, session=Depends(get_archive)) -> bool:
    return session.get(Customer, customer_id) is not None  # expect: SW102


@router.get("/count", dependencies=[Depends(current_admin)])
async def count() -> int:
    return registry.query(Customer).count()  # expect: SW102


@router.get("/postcode/{code}")
async def postcode(code: str) -> dict[str, str]:
    response = requests.get(f"https://postcodes.example/{code}", timeout=3)  # expect: SW101
    return {"town": response.json()["town"]}


@router.get("/raw/{customer_id}", dependencies=[Depends(current_admin)])
def raw(customer_id: int, db: DbDep):  # expect: SW308
    return db.get(Customer, customer_id)  # expect: SW504
