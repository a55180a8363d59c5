from sqlmodel import Session, col, func, select

from app.models import Bed, Note, Plant


def bed_by_name(*, session: Session, name: str) -> Bed | None:
    statement = select(Bed).where(Bed.name == name)
    return session.exec(statement).first()


def create_plant(*, session: Session, plant: Plant) -> Plant:
    session.add(plant)
    session.commit()
    session.refresh(plant)
    return plant


def count_plants(session: Session, bed: str) -> int:
    return session.exec(select(func.count()).select_from(Plant).join(Bed).where(Bed.name == bed)).one()


def plants_and_beds(session: Session) -> list[tuple[str, str]]:
    rows = session.exec(select(Plant, Bed).join(Bed).order_by(col(Plant.name)))
    return [(plant.name, bed.name) for plant, bed in rows]


def add_note(session: Session, plant_id: int, text: str) -> None:
    with session.begin_nested():
        session.add(Note(plant_id=plant_id, text=text))
    session.commit()
