"""appointments

Revision ID: 8c55d2ab9034
"""

import sqlalchemy as sa
from alembic import op

revision = "8c55d2ab9034"
down_revision = "3f0a9c1d7e21"

STATES = {"p": "planned", "d": "done"}


def upgrade() -> None:
    op.create_table(
        "appointments",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("patient_id", sa.Integer(), sa.ForeignKey("patients.id"), nullable=False, index=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("fee", sa.Integer(), nullable=False, server_default="0"),
    )
    for short, full in STATES.items():
        op.execute(f"UPDATE appointments SET state = '{full}' WHERE state = '{short}'")


def downgrade() -> None:
    op.drop_table("appointments")
