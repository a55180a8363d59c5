import time

from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy import func
from sqlalchemy.orm import Session

from .. import crud, models, schemas
from ..database import get_db
from ..notifications import send_order_confirmation
from ..security import get_current_customer

router = APIRouter(prefix="/orders", tags=["orders"])


@router.post("/", response_model=schemas.Order, status_code=201)
async def create_order(
    payload: schemas.OrderCreate,
    customer: models.Customer = Depends(get_current_customer),
    db: Session = Depends(get_db),
):
    order = models.Order(customer_id=customer.id)
    for item in payload.items:
        book = db.query(models.Book).filter(models.Book.id == item.book_id).first()
        if book is None:
            raise HTTPException(status_code=404, detail=f"Book {item.book_id} not found")
        if book.stock < item.quantity:
            raise HTTPException(status_code=409, detail=f"Only {book.stock} left of {book.title}")
        book.stock -= item.quantity
        order.items.append(models.OrderItem(book_id=book.id, quantity=item.quantity, unit_price=book.price))
    db.add(order)
    db.commit()
    db.refresh(order)
    send_order_confirmation(customer.email, order.id)
    return order


@router.get("/", response_model=list[schemas.Order])
async def list_orders(
    status: str | None = None,
    customer: models.Customer = Depends(get_current_customer),
    db: Session = Depends(get_db),
):
    query = db.query(models.Order).filter(models.Order.customer_id == customer.id)
    if status is not None:
        query = query.filter(models.Order.status == status)
    return query.order_by(models.Order.id.desc()).all()


@router.get("/summary")
async def summarize_orders(
    customer: models.Customer = Depends(get_current_customer), db: Session = Depends(get_db)
):
    count = db.query(models.Order).filter(models.Order.customer_id == customer.id).count()
    spent = (
        db.query(func.sum(models.OrderItem.quantity * models.OrderItem.unit_price))
        .join(models.Order)
        .filter(models.Order.customer_id == customer.id)
        .scalar()
    )
    return {"orders": count, "spent": str(spent or 0)}


@router.get("/{order_id}", response_model=schemas.Order)
async def read_order(
    order_id: int,
    customer: models.Customer = Depends(get_current_customer),
    db: Session = Depends(get_db),
):
    order = crud.get_order(db, order_id, customer.id)
    if order is None:
        raise HTTPException(status_code=404, detail="Order not found")
    return order


@router.post("/{order_id}/cancel", response_model=schemas.Order)
async def cancel_order(
    order_id: int,
    customer: models.Customer = Depends(get_current_customer),
    db: Session = Depends(get_db),
):
    order = crud.get_order(db, order_id, customer.id)
    if order is None:
        raise HTTPException(status_code=404, detail="Order not found")
    if order.status != "new":
        raise HTTPException(status_code=409, detail="Order can no longer be cancelled")
    for item in order.items:
        item.book.stock += item.quantity
    order.status = "cancelled"
    db.commit()
    # the warehouse polls every so often, give it a moment to let go of the parcel
    time.sleep(0.1)
    return order
