"""funerals: case files with wristbands and custody, furnaces, permits, bookings of kiosks"""

from alembic import op
import sqlalchemy as sa

revision = "0014"
down_revision = "0013"


def _text(name: str, longest: int = 64) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=longest), nullable=False)


def _ms(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def _yes(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "funeral_case",
        _text("case", 36),
        _text("home"),
        _text("token"),
        _text("certificate"),
        _text("epc", 128),
        _text("attendant"),
        _text("furnace"),
        _ms("released_at_ms", null=True),
        _yes("booked"),
        _yes("over"),
        sa.PrimaryKeyConstraint("case"),
    )
    for name in ("token", "certificate", "epc"):
        op.create_index(f"funeral_case_{name}", "funeral_case", [name])
    op.create_index("funeral_case_furnace", "funeral_case", ["home", "furnace"])
    op.create_table(
        "funeral_booking",
        _text("facility"),
        _text("case", 36),
        _text("number"),
        _text("price_list"),
        _ms("snapshot"),
        sa.Column("sealed", sa.Text()),
        _ms("at_ms"),
        _yes("withdrawn"),
        _text("funeral_case", 36),
        sa.PrimaryKeyConstraint("facility", "case"),
    )
    op.create_index("funeral_booking_open", "funeral_booking", ["funeral_case", "withdrawn"])
    op.create_table(
        "wristband_read",
        _text("event", 36),
        _text("facility"),
        _text("device"),
        _text("epc", 128),
        _ms("at_ms"),
        sa.PrimaryKeyConstraint("event"),
    )
    op.create_index("wristband_read_at", "wristband_read", ["facility", "at_ms"])
    op.create_index("wristband_read_of", "wristband_read", ["epc", "at_ms"])
    op.create_table(
        "custody_event",
        _text("case", 36),
        sa.Column("n", sa.Integer(), nullable=False),
        _text("move"),
        _text("epc", 128),
        _text("read", 36),
        _text("device"),
        _ms("read_at_ms"),
        _ms("at_ms"),
        _text("by"),
        _text("attendant"),
        sa.PrimaryKeyConstraint("case", "n"),
    )
    op.create_table(
        "cremation_batch",
        _text("event", 36),
        _text("facility"),
        _text("furnace"),
        _ms("batch"),
        _ms("started_at_ms"),
        _ms("ended_at_ms", null=True),
        _text("case", 36),
        sa.PrimaryKeyConstraint("event"),
    )
    op.create_index("cremation_batch_case", "cremation_batch", ["case"])
    op.create_index("cremation_batch_furnace", "cremation_batch", ["facility", "furnace", "batch"])
    op.create_table(
        "funeral_incident",
        _text("event", 36),
        _text("why"),
        _text("home"),
        _text("case", 36),
        _ms("at_ms"),
        _text("alert", 36),
        sa.PrimaryKeyConstraint("event"),
    )
    op.create_index("funeral_incident_open", "funeral_incident", ["alert"])
    op.create_table(
        "remains_transfer_permit",
        _text("facility"),
        _text("case", 36),
        _text("permit"),
        _text("approver"),
        _text("key"),
        _text("qr_sha256"),
        _ms("issued_at_ms"),
        _ms("departed_at_ms", null=True),
        _ms("received_at_ms", null=True),
        _text("receipt"),
        _text("alert", 36),
        sa.PrimaryKeyConstraint("facility", "case"),
    )
    op.create_index("remains_transfer_permit_open", "remains_transfer_permit", ["received_at_ms", "issued_at_ms"])


def downgrade() -> None:
    """All of it is still in the log."""
    for table in (
        "remains_transfer_permit", "funeral_incident", "cremation_batch", "custody_event", "wristband_read",
        "funeral_booking", "funeral_case",
    ):  # fmt: skip
        op.drop_table(table)
