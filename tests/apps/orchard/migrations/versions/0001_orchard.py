"""Trees, harvests and picks."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "trees",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(40), nullable=False, index=True),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("felled", sa.Boolean(), nullable=False),
        sa.Column("parent_id", sa.Integer(), sa.ForeignKey("trees.id"), index=True),
    )
    op.create_table(
        "harvests",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("tree_id", sa.Integer(), sa.ForeignKey("trees.id"), nullable=False, index=True),
        sa.Column("kilos", sa.Integer(), nullable=False),
        sa.Column("season", sa.Integer(), nullable=False),
    )
    op.create_table(
        "picks",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("by", sa.String(40), nullable=False),
        sa.Column("harvest_id", sa.Integer(), sa.ForeignKey("harvests.id"), nullable=False, index=True),
    )


def downgrade() -> None:
    op.drop_table("picks")
    op.drop_table("harvests")
    op.drop_table("trees")
