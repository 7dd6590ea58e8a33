"""cases: the device that they came from, and where each field did"""

from alembic import op
import sqlalchemy as sa

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Of cases from before, `onetrip rebuild` fills it in from the log."""
    op.add_column("case_file", sa.Column("source_device_id", sa.String(length=64), nullable=False, server_default=""))
    op.add_column("case_file", sa.Column("provenance", sa.Text(), nullable=False, server_default="{}"))


def downgrade() -> None:
    with op.batch_alter_table("case_file") as table:
        table.drop_column("provenance")
        table.drop_column("source_device_id")
