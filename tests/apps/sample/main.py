import jwt
from fastapi import Depends, FastAPI
from sqlalchemy import text
from sqlalchemy.orm import Session

from database import Pet, User, get_db

SECRET_KEY = "harness-4e1f-whisker-77c0b2d9a6"

app = FastAPI()


@app.post("/users")
async def register(data: dict, db: Session = Depends(get_db)):
    user = User(email=data["email"], password=data["password"])
    db.add(user)
    db.commit()
    return {"token": jwt.encode({"sub": str(user.id)}, SECRET_KEY, algorithm="HS256")}


@app.get("/pets")
async def list_pets(db: Session = Depends(get_db)):
    return [{"id": pet.id, "name": pet.name} for pet in db.query(Pet).all()]


@app.get("/pets/search")
def search_pets(name: str, db: Session = Depends(get_db)):
    rows = db.execute(text(f"SELECT id, name FROM pets WHERE name = '{name}'"))
    return [dict(row) for row in rows.mappings()]
