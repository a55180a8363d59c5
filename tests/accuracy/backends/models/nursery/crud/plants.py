from sqlalchemy import text
from sqlmodel import Session, col, or_, select

from nursery.crud.base import Crud
from nursery.models import Plant

SORTING = {"name": Plant.name, "price": Plant.price}


class PlantCrud(Crud[Plant]):
    def __init__(self, session: Session) -> None:
        super().__init__(session, Plant)

    def named(self, name: str) -> list[Plant]:
        return list(self.session.exec(select(Plant).where(or_(Plant.name == name, Plant.latin == name))))

    def like(self, word: str) -> list[Plant]:
        return list(self.session.exec(select(Plant).where(col(Plant.name).icontains(word))))

    def sorted(self, key: str) -> list[Plant]:
        return list(self.session.exec(select(Plant).order_by(SORTING[key])))

    def sorted_freely(self, key: str) -> list[Plant]:
        return list(self.session.exec(select(Plant).order_by(text(f"{key} ASC"))))  # expect: SW403

    def cheaper(self, price: int) -> list[int]:
        return list(self.session.scalars(text(f"SELECT id FROM plant WHERE price < {price}")))

    def of_latin(self, latin: str) -> list[int]:
        condition = f"latin = '{latin}'"
        return list(self.session.scalars(text("SELECT id FROM plant WHERE " + condition)))  # expect: SW401

    def hide(self, keys: list[str]) -> None:
        listed = ", ".join(f"'{key}'" for key in keys)
        self.session.connection().exec_driver_sql(f"UPDATE plant SET hidden = true WHERE name IN ({listed})")  # expect: SW402

    def hide_bound(self, keys: list[str]) -> None:
        marks = ", ".join(f":k{number}" for number in range(len(keys)))
        statement = text(f"UPDATE plant SET hidden = true WHERE name IN ({marks})")
        self.session.execute(statement, {f"k{number}": key for number, key in enumerate(keys)})

    def analyse(self) -> None:
        self.session.execute("ANALYZE plant")  # expect: SW404

    def analyse_marked(self) -> None:
        self.session.execute(text("ANALYZE plant"))
