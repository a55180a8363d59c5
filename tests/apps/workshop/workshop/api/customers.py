from typing import Any

from fastapi import APIRouter

from workshop.api.deps import CurrentCustomer, CustomerServiceDep, SessionDep, SettingsDep
from workshop.models import Customer
from workshop.paging import paginate
from workshop.schemas import BikeOut, CustomerIn, CustomerOut, Page

router = APIRouter(prefix="/customers", tags=["customers"])


@router.post("", response_model=CustomerOut, status_code=201)
async def register(customer: CustomerIn, service: CustomerServiceDep):
    return service.register(customer)


@router.get("/me", response_model=CustomerOut)
async def me(customer: CurrentCustomer) -> Any:
    return customer


@router.get("", response_model=Page[CustomerOut])
async def read_customers(db: SessionDep, settings: SettingsDep, page: int = 1, ending: str | None = None):
    query = db.query(Customer)
    if ending:
        query = query.filter(Customer.email.endswith(ending))
    return paginate(query.order_by(Customer.id), page, settings.page_size)


@router.post("/{customer_id}/bikes", status_code=201)
async def add_bike(customer_id: int, frame: str, service: CustomerServiceDep) -> BikeOut:
    return BikeOut.model_validate(service.add_bike(customer_id, frame))
