"""cases, text messages, what boxes look up: online checks, certificates, payments"""

from alembic import op
import sqlalchemy as sa

revision = "0004"
down_revision = "0003"


def _text(name: str, longest: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=longest), nullable=False)


def _said(name: str, longest: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=longest), nullable=False, server_default="")


def _ms(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "case_file",
        _text("facility", 64),
        _text("case", 36),
        _text("number", 64),
        _text("matter", 64),
        _text("state", 32),
        _text("channel", 16),
        _text("trip_reason", 32),
        sa.Column("offline", sa.Boolean(), nullable=False),
        _ms("opened_at_ms"),
        _ms("changed_at_ms"),
        sa.Column("sealed", sa.Text(), nullable=True),
        _said("drill", 64),
        sa.PrimaryKeyConstraint("facility", "case"),
    )
    op.create_index("case_file_counted", "case_file", ["matter", "state"])
    op.create_table(
        "case_trip",
        _text("facility", 64),
        _text("case", 36),
        _text("day", 10),
        sa.PrimaryKeyConstraint("facility", "case", "day"),
    )
    op.create_table(
        "sms",
        _text("facility", 64),
        _text("id", 64),
        _text("case", 36),
        _text("template", 64),
        sa.Column("sealed", sa.Text(), nullable=True),
        _text("state", 16),
        _number("tries"),
        _ms("queued_at_ms"),
        _ms("received_at_ms"),
        _ms("next_at_ms"),
        _ms("sent_at_ms", null=True),
        _said("phone_masked", 32),
        _said("reason", 256),
        sa.PrimaryKeyConstraint("facility", "id"),
    )
    op.create_index("sms_waiting", "sms", ["state", "next_at_ms"])
    op.create_table(
        "sms_sandbox",
        _text("id", 160),
        _text("phone", 32),
        sa.Column("text", sa.Text(), nullable=False),
        _ms("at_ms"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "online_check",
        _text("facility", 64),
        _text("case", 36),
        _text("persons", 64),
        _text("request_id", 64),
        _text("result", 16),
        _said("conflict_kind", 32),
        _ms("checked_at_ms"),
        sa.PrimaryKeyConstraint("facility", "case", "persons"),
    )
    op.create_table(
        "certificate",
        _text("id", 64),
        _text("person", 64),
        _text("kind", 16),
        _number("year"),
        _text("county", 6),
        _text("office", 64),
        _text("status", 16),
        sa.PrimaryKeyConstraint("id", "person"),
    )
    op.create_index("certificate_of", "certificate", ["person"])
    op.create_table(
        "payment",
        _text("facility", 64),
        _text("order", 64),
        _text("case", 36),
        _number("amount_fen"),
        _text("state", 16),
        _text("provider", 64),
        _said("reference", 64),
        _ms("created_at_ms"),
        _ms("settled_at_ms", null=True),
        sa.PrimaryKeyConstraint("facility", "order"),
    )
    op.create_index("payment_of_provider", "payment", ["provider", "reference"])


def downgrade() -> None:
    """What facilities told is still in the log; payments, checks and the archives are gone."""
    for table in ("payment", "certificate", "online_check", "sms_sandbox", "sms", "case_trip", "case_file"):
        op.drop_table(table)
