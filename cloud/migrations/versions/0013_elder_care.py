"""care homes with their beds, bookings of beds, and the five kinds of care data"""

from alembic import op
import sqlalchemy as sa

revision = "0013"
down_revision = "0012"


def _text(name: str, longest: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=longest), nullable=False)


def _long(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _yes(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "care_home",
        _text("home", 64),
        _text("area", 12),
        _text("name", 256),
        _long("row"),
        _number("price_from_fen"),
        _number("deposit_fen"),
        _number("beds"),
        _number("out_of_service"),
        _number("occupied"),
        _number("reserved"),
        sa.CheckConstraint("occupied + reserved + out_of_service <= beds", name="care_home_has_room"),
        sa.PrimaryKeyConstraint("home"),
    )
    op.create_index("care_home_area", "care_home", ["area"])
    op.create_table(
        "care_bed",
        _text("case", 36),
        _text("home", 64),
        _text("token", 64),
        _number("deposit_fen"),
        _yes("holds"),
        sa.PrimaryKeyConstraint("case"),
    )
    op.create_index("care_bed_home", "care_bed", ["home", "holds"])
    op.create_index("care_bed_token", "care_bed", ["token"])
    op.create_table(
        "care_fact",
        _text("ledger", 64),
        _text("key", 128),
        _text("token", 64),
        _text("area", 12),
        _text("place", 64),
        _text("since", 10),
        _text("until", 10),
        _yes("void"),
        _long("row"),
        sa.PrimaryKeyConstraint("ledger", "key"),
    )
    op.create_index("care_fact_token", "care_fact", ["token", "ledger", "since"])
    op.create_index("care_fact_place", "care_fact", ["ledger", "place", "until"])
    op.create_index("care_fact_since", "care_fact", ["ledger", "since"])


def downgrade() -> None:
    """What was booked and entered is still in the log."""
    for table in ("care_fact", "care_bed", "care_home"):
        op.drop_table(table)
