from typing import Annotated

from fastapi import Depends, Header, HTTPException
from sqlalchemy.orm import Session

from workshop.db import get_db
from workshop.models import Customer
from workshop.repositories import CustomerRepository, JobRepository
from workshop.services import CustomerService, JobService
from workshop.settings import Settings, get_settings

SessionDep = Annotated[Session, Depends(get_db)]
SettingsDep = Annotated[Settings, Depends(get_settings)]


def get_job_repository(session: SessionDep) -> JobRepository:
    return JobRepository(db=session)


def get_job_service(db: SessionDep) -> JobService:
    return JobService(db=db)


def get_customer_service(db: SessionDep) -> CustomerService:
    return CustomerService(db)


JobServiceDep = Annotated[JobService, Depends(get_job_service)]
CustomerServiceDep = Annotated[CustomerService, Depends(get_customer_service)]


def current_customer(db: SessionDep, x_customer: Annotated[int, Header()]) -> Customer:
    customer = CustomerRepository(db=db).get_or_404(x_customer)
    if customer.email.startswith("blocked"):
        raise HTTPException(403, "Blocked")
    return customer


CurrentCustomer = Annotated[Customer, Depends(current_customer)]
