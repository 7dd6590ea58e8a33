"""reference snapshots, as they were published"""

from alembic import op
import sqlalchemy as sa

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "reference_snapshot",
        sa.Column("facility", sa.String(length=64), nullable=False),
        sa.Column("dataset", sa.String(length=64), nullable=False),
        sa.Column("version", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("as_of_ms", sa.BigInteger(), nullable=False),
        sa.Column("published_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("facility", "dataset", "version"),
    )


def downgrade() -> None:
    """Boxes keep what they have; versions follow the clock, so that the next ones are above them again."""
    op.drop_table("reference_snapshot")
