"""Parcels and their events."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "parcels",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("code", sa.String, nullable=False, unique=True),
        sa.Column("status", sa.String, nullable=False),
    )
    op.create_table(
        "events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("text", sa.String, nullable=False),
        sa.Column("parcel_id", sa.Integer, sa.ForeignKey("parcels.id"), nullable=False, index=True),
    )


def downgrade() -> None:
    op.drop_table("events")
    op.drop_table("parcels")
