"""the door of each step; social organisations, special relief"""

from alembic import op
from sqlalchemy.dialects.postgresql import VARCHAR
import sqlalchemy as sa

revision = "0006"
down_revision = "0005"


def _text(name: str, longest: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=longest), nullable=False)


def _ms(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def upgrade() -> None:
    op.add_column("case_step", sa.Column("channel", sa.String(16), nullable=False, server_default=""))
    op.execute(
        'UPDATE case_step SET channel = (SELECT channel FROM case_file WHERE case_file."case" = case_step."case")'
        ' WHERE n = 0'
    )
    op.create_table(
        "organisation",
        _text("code", 18),
        _text("name", 128),
        sa.Column("normal", sa.String(128).with_variant(VARCHAR(128, collation="C"), "postgresql"), nullable=False),
        _text("kind", 16),
        _text("county", 6),
        _text("state", 16),
        sa.Column("row", sa.Text(), nullable=False),
        _ms("at_ms"),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_index("organisation_normal", "organisation", ["normal"])
    op.create_index("organisation_county", "organisation", ["county", "state"])
    op.create_table(
        "org_record",
        _text("ledger", 32),
        _text("key", 64),
        _text("code", 18),
        sa.Column("valid_until", sa.String(10), nullable=True),
        sa.Column("row", sa.Text(), nullable=False),
        _text("objection", 36),
        _text("objection_state", 32),
        _ms("at_ms"),
        sa.PrimaryKeyConstraint("ledger", "key"),
    )
    op.create_index("org_record_of", "org_record", ["code"])
    op.create_index("org_record_fed", "org_record", ["ledger", "at_ms"])
    op.create_table(
        "dept_task",
        _text("case", 36),
        _text("parent", 36),
        _text("owner", 32),
        _text("person", 64),
        _ms("sent_at_ms"),
        _ms("receipt_at_ms", null=True),
        _ms("done_at_ms", null=True),
        _text("result", 32),
        sa.Column("valid_until", sa.String(10), nullable=True),
        _text("reused_from", 36),
        sa.PrimaryKeyConstraint("case"),
    )
    op.create_index("dept_task_of", "dept_task", ["parent"])
    op.create_index("dept_task_known", "dept_task", ["person", "owner"])


def downgrade() -> None:
    """What the city did is still in the log."""
    for table in ("dept_task", "org_record", "organisation"):
        op.drop_table(table)
    op.drop_column("case_step", "channel")
