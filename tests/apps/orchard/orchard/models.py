from sqlalchemy import Boolean, Column, ForeignKey, Integer, String
from sqlalchemy.orm import backref, relationship

from orchard.database import Base


class Tree(Base):
    __tablename__ = "trees"

    id = Column(Integer, primary_key=True)
    kind = Column(String(40), nullable=False, index=True)
    row = Column(Integer, nullable=False, default=0)
    felled = Column(Boolean, nullable=False, default=False)
    parent_id = Column(Integer, ForeignKey("trees.id"), index=True)

    grafts = relationship("Tree", backref=backref("parent", remote_side=[id]))


class Harvest(Base):
    __tablename__ = "harvests"

    id = Column(Integer, primary_key=True)
    tree_id = Column(Integer, ForeignKey("trees.id"), nullable=False, index=True)
    kilos = Column(Integer, nullable=False)
    season = Column(Integer, nullable=False)

    tree = relationship("Tree", backref="harvests")
    picks = relationship("Pick", back_populates="harvest", lazy="dynamic", cascade="all, delete-orphan")


class Pick(Base):
    __tablename__ = "picks"

    id = Column(Integer, primary_key=True)
    by = Column(String(40), nullable=False)
    harvest_id = Column(Integer, ForeignKey("harvests.id"), nullable=False, index=True)

    harvest = relationship("Harvest", back_populates="picks")
