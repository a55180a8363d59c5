"""people

Revision ID: 3f0a9c1d7e21
"""

import sqlalchemy as sa
from alembic import op

revision = "3f0a9c1d7e21"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "staff",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("email", sa.String(200), nullable=False, unique=True),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
    )
    op.create_table(
        "patients",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(200), nullable=False),
        sa.Column("birthday", sa.Date(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False, server_default=""),
        sa.Column("doctor_id", sa.Integer(), sa.ForeignKey("staff.id"), index=True),
    )
    for table in ("staff", "patients"):
        op.execute(f"COMMENT ON TABLE {table} IS 'personal data'")


def downgrade() -> None:
    op.drop_table("patients")
    op.drop_table("staff")
