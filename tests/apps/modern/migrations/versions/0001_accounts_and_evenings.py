"""Accounts and evenings"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("email", name=op.f("uq_account_email")),
    )
    op.create_table(
        "evening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.Column("organiser_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("seats >= 0", name=op.f("ck_evening_seats")),
        sa.ForeignKeyConstraint(["organiser_id"], ["account.id"], name=op.f("fk_evening_organiser_id_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evening")),
    )
    op.create_index(op.f("ix_evening_organiser_id"), "evening", ["organiser_id"])
    op.create_index(op.f("ix_evening_starts_at"), "evening", ["starts_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_evening_starts_at"), table_name="evening")
    op.drop_index(op.f("ix_evening_organiser_id"), table_name="evening")
    op.drop_table("evening")
    op.drop_table("account")
