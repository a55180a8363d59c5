"""plants"""

import sqlalchemy as sa
from alembic import op

revision = "1a"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "plant",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(120), nullable=False, index=True),
        sa.Column("price", sa.Integer(), nullable=False),
    )
    op.execute("CREATE INDEX plant_price ON plant (price)")


def downgrade() -> None:
    op.drop_table("plant")
