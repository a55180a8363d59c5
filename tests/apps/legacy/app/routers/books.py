from pathlib import Path

import requests
from fastapi import APIRouter, Depends, HTTPException, Query
from sqlalchemy import text
from sqlalchemy.orm import Session

from .. import crud, models, pricing, schemas
from ..config import settings
from ..database import get_db

router = APIRouter(prefix="/books", tags=["books"])

TEMPLATES = Path(__file__).parent.parent / "templates"


@router.get("/", response_model=list[schemas.Book])
async def list_books(
    search: str | None = None,
    in_stock: bool = False,
    skip: int = 0,
    limit: int = Query(50, le=100),
    db: Session = Depends(get_db),
):
    return crud.get_books(db, search=search, in_stock=in_stock, skip=skip, limit=limit)


@router.get("/titles")
async def find_titles(q: str, db: Session = Depends(get_db)):
    rows = db.execute(text(f"SELECT id, title FROM books WHERE title LIKE '%{q}%' ORDER BY title")).fetchall()
    return [{"id": row.id, "title": row.title} for row in rows]


@router.get("/currencies")
async def list_currencies():
    response = requests.get(settings.rates_url, timeout=5)
    return sorted(response.json()["rates"])


@router.get("/terms")
async def read_terms():
    with open(TEMPLATES / "terms.txt", encoding="utf-8") as file:
        terms = file.read()
    return {"terms": terms.strip()}


@router.post("/", response_model=schemas.Book, status_code=201)
async def create_book(book: schemas.BookCreate, db: Session = Depends(get_db)):
    if crud.get_author(db, book.author_id) is None:
        raise HTTPException(status_code=404, detail="Author not found")
    if crud.get_book_by_isbn(db, book.isbn):
        raise HTTPException(status_code=409, detail="ISBN already in the catalogue")
    return crud.create_book(db, book)


@router.get("/{book_id}", response_model=schemas.Book)
async def read_book(book_id: int, db: Session = Depends(get_db)):
    book = crud.get_book(db, book_id)
    if book is None:
        raise HTTPException(status_code=404, detail="Book not found")
    return book


@router.patch("/{book_id}", response_model=schemas.Book)
async def update_book(book_id: int, changes: schemas.BookUpdate, db: Session = Depends(get_db)):
    book = db.query(models.Book).get(book_id)
    if book is None:
        raise HTTPException(status_code=404, detail="Book not found")
    return crud.update_book(db, book, changes)


@router.delete("/{book_id}", status_code=204)
async def delete_book(book_id: int, db: Session = Depends(get_db)):
    book = crud.get_book(db, book_id)
    if book is None:
        raise HTTPException(status_code=404, detail="Book not found")
    if crud.book_is_ordered(db, book_id):
        raise HTTPException(status_code=409, detail="Book has been ordered")
    crud.delete_book(db, book)


@router.get("/{book_id}/price")
async def read_price(book_id: int, currency: str = "EUR", db: Session = Depends(get_db)):
    book = crud.get_book(db, book_id)
    if book is None:
        raise HTTPException(status_code=404, detail="Book not found")
    rate = pricing.get_rate(currency)
    return {"currency": currency, "price": str(round(book.price * rate, 2))}


@router.post("/{book_id}/reviews", response_model=schemas.Review, status_code=201)
async def add_review(book_id: int, payload: dict, db: Session = Depends(get_db)):
    if crud.get_book(db, book_id) is None:
        raise HTTPException(status_code=404, detail="Book not found")
    review = models.Review(book_id=book_id, rating=int(payload["rating"]), body=payload.get("body", ""))
    db.add(review)
    db.commit()
    db.refresh(review)
    return review


@router.get("/{book_id}/reviews")
async def read_reviews(book_id: int, db: Session = Depends(get_db)):
    reviews = db.query(models.Review).filter(models.Review.book_id == book_id).order_by(models.Review.id).all()
    return {
        "average": crud.average_rating(db, book_id),
        "reviews": [{"rating": review.rating, "body": review.body} for review in reviews],
    }
