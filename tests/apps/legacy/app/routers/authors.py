from fastapi import APIRouter, Depends, HTTPException
from sqlalchemy.orm import Session

from .. import crud, models, schemas
from ..database import get_db

router = APIRouter(prefix="/authors", tags=["authors"])


@router.get("/", response_model=list[schemas.Author])
async def list_authors(skip: int = 0, limit: int = 50, db: Session = Depends(get_db)):
    return crud.get_authors(db, skip=skip, limit=limit)


@router.post("/", response_model=schemas.Author, status_code=201)
async def create_author(author: schemas.AuthorCreate, db: Session = Depends(get_db)):
    exists = db.query(models.Author).filter(models.Author.name == author.name).first()
    if exists:
        raise HTTPException(status_code=409, detail="Author already exists")
    return crud.create_author(db, author)


@router.get("/{author_id}", response_model=schemas.AuthorWithBooks)
async def read_author(author_id: int, db: Session = Depends(get_db)):
    author = crud.get_author(db, author_id)
    if author is None:
        raise HTTPException(status_code=404, detail="Author not found")
    return author


@router.delete("/{author_id}", status_code=204)
def delete_author(author_id: int, db: Session = Depends(get_db)):
    author = crud.get_author(db, author_id)
    if author is None:
        raise HTTPException(status_code=404, detail="Author not found")
    db.delete(author)
    db.commit()
