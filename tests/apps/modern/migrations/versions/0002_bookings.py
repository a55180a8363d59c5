"""Bookings"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "booking",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("evening_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_booking_account_id_account")),
        sa.ForeignKeyConstraint(["evening_id"], ["evening.id"], name=op.f("fk_booking_evening_id_evening")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking")),
        sa.UniqueConstraint("evening_id", "account_id", name=op.f("uq_booking_evening_id")),
    )
    op.create_index(op.f("ix_booking_account_id"), "booking", ["account_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_booking_account_id"), table_name="booking")
    op.drop_table("booking")
