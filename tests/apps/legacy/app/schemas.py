from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field


class AuthorCreate(BaseModel):
    name: str = Field(min_length=1, max_length=120)
    biography: str = ""


class BookBase(BaseModel):
    title: str = Field(min_length=1, max_length=200)
    isbn: str = Field(min_length=10, max_length=17)
    price: Decimal = Field(ge=0, decimal_places=2)
    stock: int = Field(default=0, ge=0)


class BookCreate(BookBase):
    author_id: int


class BookUpdate(BaseModel):
    title: str | None = Field(default=None, min_length=1, max_length=200)
    price: Decimal | None = Field(default=None, ge=0, decimal_places=2)
    stock: int | None = Field(default=None, ge=0)


class Book(BookBase):
    model_config = ConfigDict(from_attributes=True)

    id: int
    author_id: int


class Author(AuthorCreate):
    model_config = ConfigDict(from_attributes=True)

    id: int


class AuthorWithBooks(Author):
    books: list[Book] = []


class Review(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    rating: int
    body: str


class CustomerCreate(BaseModel):
    email: str = Field(max_length=254, pattern=r"^[^@\s]+@[^@\s]+$")
    full_name: str = Field(min_length=1, max_length=120)
    password: str = Field(min_length=8, max_length=128)


class Customer(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    email: str
    full_name: str


class PasswordChange(BaseModel):
    old_password: str
    new_password: str = Field(min_length=8, max_length=128)


class Token(BaseModel):
    access_token: str
    token_type: str = "bearer"


class OrderItemCreate(BaseModel):
    book_id: int
    quantity: int = Field(ge=1, le=99)


class OrderCreate(BaseModel):
    items: list[OrderItemCreate] = Field(min_length=1)


class OrderItem(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    quantity: int
    unit_price: Decimal
    book: Book


class Order(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    id: int
    status: str
    created_at: datetime
    items: list[OrderItem]
