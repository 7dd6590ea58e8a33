"""the log's own order; the city's cases, their steps, ledgers"""

from alembic import op
from sqlalchemy.dialects.postgresql import VARCHAR
import sqlalchemy as sa

revision = "0005"
down_revision = "0004"

_IN_ORDER = """
UPDATE event SET position = numbered.n FROM (
  SELECT facility, epoch, seq, row_number() OVER (ORDER BY ingest_at_ms, facility, epoch, seq) AS n FROM event
) AS numbered
WHERE event.facility = numbered.facility AND event.epoch = numbered.epoch AND event.seq = numbered.seq
"""


def _text(name: str, longest: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=longest), nullable=False)


def _said(name: str, longest: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=longest), nullable=False, server_default="")


def _ms(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def upgrade() -> None:
    op.add_column("event", sa.Column("position", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("event", sa.Column("applied", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.execute(_IN_ORDER)
    op.create_index("event_position", "event", ["position"])
    for column in (
        _said("area", 12), _said("owner", 64), _said("clock", 64), _ms("due_at_ms", null=True),
        _ms("clock_left", null=True), _said("act", 64), sa.Column("form", sa.Text(), nullable=False, server_default="{}"),
    ):  # fmt: skip
        op.add_column("case_file", column)
    op.create_index("case_file_case", "case_file", ["case"])
    op.create_index("case_file_number", "case_file", ["number"], postgresql_ops={"number": "varchar_pattern_ops"})
    op.create_index("case_file_act", "case_file", ["act"])
    op.create_index("case_file_due", "case_file", ["clock", "due_at_ms"])
    op.create_table(
        "case_step",
        _text("case", 36),
        sa.Column("n", sa.Integer(), nullable=False),
        _text("step", 64),
        _text("from_state", 64),
        _text("state", 64),
        _text("by", 64),
        _text("role", 64),
        _text("unit", 64),
        _text("delegated_by", 64),
        _text("reason", 256),
        _ms("at_ms"),
        sa.Column("form", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("case", "n"),
    )
    op.create_table(
        "case_refusal",
        _text("event", 36),
        _text("case", 36),
        _text("kind", 64),
        _text("step", 64),
        _text("state", 64),
        _text("by", 64),
        _text("role", 64),
        _text("why", 256),
        _ms("at_ms"),
        sa.PrimaryKeyConstraint("event"),
    )
    op.create_index("case_refusal_of", "case_refusal", ["case"])
    op.create_table(
        "case_person",
        _text("case", 36),
        _text("token", 64),
        _text("role", 16),
        sa.PrimaryKeyConstraint("case", "token"),
    )
    op.create_index("case_person_token", "case_person", ["token"])
    op.create_table(
        "ledger_entry",
        _text("ledger", 64),
        _text("key", 128),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("current", sa.Boolean(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text(), nullable=True),
        _text("by", 64),
        _text("unit", 64),
        _text("reason", 256),
        _ms("at_ms"),
        _text("seal", 128),
        sa.PrimaryKeyConstraint("ledger", "key", "version"),
    )
    op.create_index("ledger_entry_current", "ledger_entry", ["ledger", "current", "key"])
    op.create_table(
        "staff_account",
        _text("number", 64),
        _text("name", 64),
        _text("role", 32),
        _text("area", 12),
        _text("unit", 64),
        _text("password", 256),
        sa.Column("wrong", sa.Integer(), nullable=False),
        _ms("not_before_ms"),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "staff_session",
        _text("token", 64),
        _text("number", 64),
        _text("csrf", 64),
        _ms("begun_at_ms"),
        _ms("used_at_ms"),
        _ms("until_ms"),
        sa.PrimaryKeyConstraint("token"),
    )
    op.create_index("staff_session_of", "staff_session", ["number"])
    op.create_table(
        "place_name",
        _text("id", 64),
        _text("name", 64),
        sa.Column("normal", sa.String(64).with_variant(VARCHAR(64, collation="C"), "postgresql"), nullable=False),
        _text("category", 32),
        _text("county", 6),
        _text("area", 12),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        _text("status", 16),
        _ms("since_ms"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("place_name_normal", "place_name", ["normal"])
    op.create_index("place_name_county", "place_name", ["county", "normal"])
    op.create_table(
        "share_delivery",
        _text("event", 36),
        _text("dataset", 64),
        _text("request", 36),
        _text("unit", 64),
        _text("by", 64),
        _text("purpose", 256),
        _text("basis", 256),
        sa.Column("fields", sa.Text(), nullable=False),
        _text("about", 64),
        sa.Column("rows", sa.Integer(), nullable=False),
        _ms("at_ms"),
        sa.PrimaryKeyConstraint("event"),
    )
    op.create_index("share_delivery_about", "share_delivery", ["about"])
    op.create_index("share_delivery_unit", "share_delivery", ["unit", "at_ms"])
    op.create_table("share_party", _text("case", 36), _text("unit", 64), sa.PrimaryKeyConstraint("case"))
    op.create_table(
        "report_figure",
        _text("report", 64),
        _text("period", 16),
        _text("area", 12),
        _text("name", 64),
        _ms("value"),
        sa.PrimaryKeyConstraint("report", "period", "area", "name"),
    )
    op.create_table(
        "report_batch",
        _text("report", 64),
        _text("period", 16),
        _text("area", 12),
        _text("case", 36),
        sa.PrimaryKeyConstraint("report", "period", "area"),
    )
    op.create_table(
        "case_rating",
        _text("case", 36),
        _text("facility", 64),
        sa.Column("score", sa.Integer(), nullable=False),
        _text("place", 64),
        _ms("at_ms"),
        _said("follow_up", 36),
        sa.PrimaryKeyConstraint("case"),
    )
    op.create_index("case_rating_open", "case_rating", ["follow_up", "score"])


def downgrade() -> None:
    """What the city did is still in the log."""
    for table in ("case_rating", "report_batch", "report_figure", "share_party", "share_delivery", "place_name", "staff_session", "staff_account", "ledger_entry", "case_person", "case_refusal", "case_step"):
        op.drop_table(table)
    for index in ("case_file_due", "case_file_act", "case_file_number", "case_file_case"):
        op.drop_index(index, "case_file")
    for column in ("form", "act", "clock_left", "due_at_ms", "clock", "owner", "area"):
        op.drop_column("case_file", column)
    op.drop_index("event_position", "event")
    op.drop_column("event", "applied")
    op.drop_column("event", "position")
