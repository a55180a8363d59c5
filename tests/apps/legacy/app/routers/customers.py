from fastapi import APIRouter, Depends, HTTPException
from fastapi.security import OAuth2PasswordRequestForm
from sqlalchemy.orm import Session

from .. import crud, models, schemas
from ..database import get_db
from ..security import create_access_token, get_current_customer, hash_password, verify_password

router = APIRouter(prefix="/customers", tags=["customers"])


@router.post("/", response_model=schemas.Customer, status_code=201)
async def register(customer: schemas.CustomerCreate, db: Session = Depends(get_db)):
    if crud.get_customer_by_email(db, customer.email):
        raise HTTPException(status_code=409, detail="Email already registered")
    return crud.create_customer(db, customer, hash_password(customer.password))


@router.post("/login", response_model=schemas.Token)
async def login(form: OAuth2PasswordRequestForm = Depends(), db: Session = Depends(get_db)):
    customer = crud.get_customer_by_email(db, form.username)
    if customer is None or not verify_password(form.password, customer.hashed_password):
        raise HTTPException(status_code=401, detail="Incorrect email or password")
    return schemas.Token(access_token=create_access_token(customer))


@router.get("/me", response_model=schemas.Customer)
async def read_me(customer: models.Customer = Depends(get_current_customer)):
    return customer


@router.put("/me/password", status_code=204)
async def change_password(
    change: schemas.PasswordChange,
    customer: models.Customer = Depends(get_current_customer),
    db: Session = Depends(get_db),
):
    if not verify_password(change.old_password, customer.hashed_password):
        raise HTTPException(status_code=400, detail="Wrong password")
    customer.hashed_password = change.new_password
    db.commit()
