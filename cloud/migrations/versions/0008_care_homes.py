"""care homes: bookings, who came with one, reviews; payments that are given back"""

from alembic import op
import sqlalchemy as sa

revision = "0008"
down_revision = "0007"


def _text(name: str, longest: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=longest), nullable=False)


def _ms(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def upgrade() -> None:
    op.create_table(
        "care_booking",
        _text("facility", 64),
        _text("booking", 64),
        _text("matter", 64),
        _text("date", 10),
        _text("time", 5),
        _text("code_hash", 64),
        _text("name_masked", 8),
        _text("token", 64),
        _text("phone_tail", 4),
        _text("room", 16),
        _text("state", 16),
        sa.PrimaryKeyConstraint("facility", "booking"),
    )
    op.create_index("care_booking_date", "care_booking", ["date"])
    op.create_table(
        "care_attendance",
        _text("facility", 64),
        _text("case", 36),
        _text("booking", 64),
        _text("badge", 64),
        _ms("came_at_ms"),
        _ms("left_at_ms", null=True),
        sa.PrimaryKeyConstraint("facility", "case"),
    )
    op.create_index("care_attendance_of", "care_attendance", ["facility", "booking"])
    op.create_index("care_attendance_badge", "care_attendance", ["facility", "badge"])
    op.create_table(
        "care_review",
        _text("facility", 64),
        _text("booking", 64),
        _text("case", 36),
        sa.Column("score", sa.Integer(), nullable=False),
        _ms("at_ms"),
        sa.PrimaryKeyConstraint("facility", "booking"),
    )
    op.create_table(
        "payment_refund",
        _text("facility", 64),
        _text("order", 64),
        _text("case", 36),
        sa.Column("amount_fen", sa.Integer(), nullable=False),
        _text("state", 16),
        sa.Column("reference", sa.String(length=64), nullable=False, server_default=""),
        _ms("asked_at_ms"),
        _ms("settled_at_ms", null=True),
        sa.PrimaryKeyConstraint("facility", "order"),
    )


def downgrade() -> None:
    """What happened at the homes is still in the log; what was given back, the provider knows."""
    for table in ("payment_refund", "care_review", "care_attendance", "care_booking"):
        op.drop_table(table)
