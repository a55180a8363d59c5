from sqlalchemy import func, text
from sqlalchemy.orm import Session, aliased, joinedload

from orchard.models import Harvest, Tree


class Trees:
    """All that is asked of the database about trees."""

    def __init__(self, session: Session):
        self.session = session

    def get(self, id):
        return self.session.query(Tree).get(id)

    def plant(self, kind, row, parent=None):
        tree = Tree(kind=kind, row=row, parent=parent)
        self.session.add(tree)
        self.session.flush()
        return tree

    def standing(self, kind=None):
        query = self.session.query(Tree).filter(Tree.felled.is_(False))
        if kind is not None:
            query = query.filter(Tree.kind == kind)
        return query.order_by(Tree.id).all()

    def yields(self, season):
        """Kilos of each kind."""
        return (
            self.session.query(Tree.kind, func.sum(Harvest.kilos))
            .join(Harvest, Harvest.tree_id == Tree.id)
            .filter(Harvest.season == season)
            .group_by(Tree.kind)
            .having(func.sum(Harvest.kilos) > 0)
            .order_by(Tree.kind)
            .all()
        )

    def pairs(self):
        graft = aliased(Tree)
        return [
            (tree.kind, other.kind)
            for tree, other in self.session.query(Tree, graft)
            .join(graft, graft.parent_id == Tree.id)
            .order_by(Tree.id, graft.id)
        ]

    def has_kind(self, kind):
        return self.session.query(self.session.query(Tree).filter_by(kind=kind).exists()).scalar()

    def fell(self, row):
        return (
            self.session.query(Tree)
            .filter(Tree.row == row)
            .update({Tree.felled: True}, synchronize_session=False)
        )

    def locked(self, id):
        return self.session.query(Tree).filter(Tree.id == id).with_for_update().one()

    def with_harvests(self):
        return self.session.query(Tree).options(joinedload(Tree.harvests)).order_by(Tree.id).all()

    def rows(self):
        return [row for (row,) in self.session.query(Tree.row).distinct().order_by(Tree.row)]

    def remove_barren(self):
        harvested = self.session.query(Harvest.tree_id)
        return (
            self.session.query(Tree)
            .filter(~Tree.id.in_(harvested), Tree.felled.is_(True))
            .delete(synchronize_session="fetch")
        )

    def count(self):
        return self.session.query(Tree).count()

    def version(self):
        return self.session.execute(text("SELECT 1")).scalar()
