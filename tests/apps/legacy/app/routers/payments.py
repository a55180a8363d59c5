import logging

from fastapi import APIRouter, Depends, HTTPException, Request
from sqlalchemy.orm import Session

from .. import models
from ..database import get_db

logger = logging.getLogger(__name__)

router = APIRouter(prefix="/payments", tags=["payments"])


@router.post("/callback")
async def payment_callback(request: Request, db: Session = Depends(get_db)):
    data = await request.json()
    order = db.query(models.Order).filter(models.Order.id == data["order_id"]).first()
    if order is None:
        raise HTTPException(status_code=404, detail="Order not found")
    order.status = "paid" if data["paid"] else "failed"
    db.commit()
    try:
        logger.info("Payment of order %s by %s", order.id, order.customer.full_name.split()[0])
    except Exception:
        pass
    return {"order_id": order.id, "status": order.status}
