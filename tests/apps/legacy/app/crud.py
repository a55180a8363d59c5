from sqlalchemy import func, or_, text
from sqlalchemy.orm import Session

from . import models, schemas


def get_author(db: Session, author_id: int):
    return db.query(models.Author).filter(models.Author.id == author_id).first()


def get_authors(db: Session, skip: int = 0, limit: int = 50):
    return db.query(models.Author).order_by(models.Author.name).offset(skip).limit(limit).all()


def create_author(db: Session, author: schemas.AuthorCreate):
    db_author = models.Author(**author.model_dump())
    db.add(db_author)
    db.commit()
    db.refresh(db_author)
    return db_author


def get_book(db: Session, book_id: int):
    return db.get(models.Book, book_id)


def get_book_by_isbn(db: Session, isbn: str):
    return db.query(models.Book).filter_by(isbn=isbn).one_or_none()


def get_books(db: Session, search: str | None = None, in_stock: bool = False, skip: int = 0, limit: int = 50):
    query = db.query(models.Book)
    if search:
        pattern = f"%{search}%"
        query = query.join(models.Author).filter(or_(models.Book.title.ilike(pattern), models.Author.name.ilike(pattern)))
    if in_stock:
        query = query.filter(models.Book.stock > 0)
    return query.order_by(models.Book.title).offset(skip).limit(limit).all()


def create_book(db: Session, book: schemas.BookCreate):
    db_book = models.Book(**book.model_dump())
    db.add(db_book)
    db.commit()
    db.refresh(db_book)
    return db_book


def update_book(db: Session, book: models.Book, changes: schemas.BookUpdate):
    for name, value in changes.model_dump(exclude_unset=True).items():
        setattr(book, name, value)
    db.commit()
    db.refresh(book)
    return book


def delete_book(db: Session, book: models.Book):
    db.delete(book)
    db.commit()


def book_is_ordered(db: Session, book_id: int) -> bool:
    return db.query(models.OrderItem).filter(models.OrderItem.book_id == book_id).count() > 0


def average_rating(db: Session, book_id: int) -> float | None:
    average = db.query(func.avg(models.Review.rating)).filter(models.Review.book_id == book_id).scalar()
    return None if average is None else round(float(average), 1)


def get_customer(db: Session, customer_id: int):
    return db.query(models.Customer).filter(models.Customer.id == customer_id).first()


def get_customer_by_email(db: Session, email: str):
    return db.query(models.Customer).filter(models.Customer.email == email).first()


def create_customer(db: Session, customer: schemas.CustomerCreate, hashed_password: str):
    db_customer = models.Customer(
        email=customer.email, full_name=customer.full_name, hashed_password=hashed_password
    )
    db.add(db_customer)
    db.commit()
    db.refresh(db_customer)
    return db_customer


def get_order(db: Session, order_id: int, customer_id: int):
    return (
        db.query(models.Order)
        .filter(models.Order.id == order_id, models.Order.customer_id == customer_id)
        .first()
    )


def cancel_stale_orders(db: Session, older_than) -> int:
    cancelled = (
        db.query(models.Order)
        .filter(models.Order.status == "new", models.Order.created_at < older_than)
        .update({"status": "cancelled"}, synchronize_session=False)
    )
    db.commit()
    return cancelled


def reindex_books(db: Session):
    db.execute("REINDEX TABLE books")
    db.commit()


def ping(db: Session) -> bool:
    return db.execute(text("SELECT 1")).scalar() == 1
