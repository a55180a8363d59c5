import functools

from fastapi import Depends, FastAPI, HTTPException, Request
from sqlalchemy import func
from sqlalchemy.orm import Session

from orchard import jobs
from orchard.database import SessionLocal
from orchard.models import Harvest, Pick, Tree
from orchard.trees import Trees
from orchard.unit import UnitOfWork

app = FastAPI(title="Orchard")
app.state.session_factory = SessionLocal


@app.middleware("http")
async def open_session(request: Request, call_next):
    request.state.db = SessionLocal()
    try:
        return await call_next(request)
    finally:
        request.state.db.close()


def get_db(request: Request) -> Session:
    return request.state.db


def get_trees(db: Session = Depends(get_db)) -> Trees:
    return Trees(db)


def inject_session(function):
    """Gives a function a session of its own."""

    @functools.wraps(function)
    def inner(*args, **kwargs):
        with SessionLocal() as session:
            return function(session, *args, **kwargs)

    return inner


@inject_session
def harvested(session: Session, season: int) -> dict[str, int]:
    rows = session.query(Tree.kind, func.sum(Harvest.kilos)).join(Harvest.tree).filter(Harvest.season == season)
    return {kind: kilos for kind, kilos in rows.group_by(Tree.kind)}


@app.post("/trees", status_code=201)
async def plant(kind: str, row: int = 0, parent_id: int | None = None):
    with UnitOfWork() as unit:
        parent = unit.trees.get(parent_id) if parent_id is not None else None
        if parent_id is not None and parent is None:
            raise HTTPException(404, "No such tree")
        tree = unit.trees.plant(kind, row, parent)
        unit.commit()
        return {"id": tree.id, "parent": tree.parent.kind if tree.parent else None, "grafts": len(tree.grafts)}


@app.get("/trees")
async def read_trees(kind: str | None = None, trees: Trees = Depends(get_trees)):
    return [{"id": tree.id, "kind": tree.kind} for tree in trees.standing(kind)]


@app.get("/trees/{id}")
async def read_tree(id: int, db: Session = Depends(get_db)):
    tree = db.query(Tree).filter(Tree.id == id).first() or not_found()
    return {"kind": tree.kind, "harvests": [harvest.kilos for harvest in tree.harvests]}


def not_found():
    raise HTTPException(404, "No such tree")


@app.post("/trees/{id}/harvests", status_code=201)
async def harvest(id: int, kilos: int, season: int, pickers: list[str], db: Session = Depends(get_db)):
    tree = db.query(Tree).filter(Tree.id == id).with_for_update().one()
    done = Harvest(tree=tree, kilos=kilos, season=season)
    db.add(done)
    db.flush()
    try:
        with db.begin_nested():
            db.bulk_save_objects([Pick(by=name, harvest_id=done.id) for name in pickers])
            if "nobody" in pickers:
                raise ValueError
    except ValueError:
        pass
    db.commit()
    db.refresh(done)
    return {"kilos": done.kilos, "picks": db.query(Pick).filter(Pick.harvest_id == done.id).count()}


@app.get("/harvests/{season}")
async def harvests(season: int):
    return harvested(season)


@app.delete("/rows/{row}")
async def fell(row: int, db: Session = Depends(get_db)):
    trees = Trees(db)
    felled = trees.fell(row)
    removed = trees.remove_barren()
    db.commit()
    jobs.tidy.send(row)
    return {"felled": felled, "removed": removed, "left": trees.count()}


@app.get("/summary")
async def summary(kind: str, trees: Trees = Depends(get_trees)):
    return {
        "known": trees.has_kind(kind),
        "pairs": trees.pairs(),
        "rows": trees.rows(),
        "harvests": {tree.kind: len(tree.harvests) for tree in trees.with_harvests()},
        "works": trees.version() == 1,
        "kilos": {kind: kilos for kind, kilos in trees.yields(season=2024)},
        "first": trees.locked(1).kind,
    }
