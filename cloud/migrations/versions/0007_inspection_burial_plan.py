"""draws and joint visits; burial places, their use, whom it is about; how often a publication was read"""

from alembic import op
import sqlalchemy as sa

revision = "0007"
down_revision = "0006"


def _text(name: str, longest: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=longest), nullable=False)


def _long(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _ms(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=null)


def upgrade() -> None:
    op.create_table(
        "inspection_draw",
        _text("case", 36),
        _text("number", 64),
        _text("area", 12),
        _text("category", 32),
        _long("form"),
        _long("pools"),
        _text("pools_sha256", 64),
        _text("seed", 256),
        _long("passed_over"),
        _text("state", 16),
        _ms("announced_at_ms"),
        _ms("drawn_at_ms", null=True),
        sa.PrimaryKeyConstraint("case"),
    )
    op.create_index("inspection_draw_number", "inspection_draw", ["number"], unique=True)
    op.create_table(
        "inspection_assignment",
        _text("draw", 64),
        _text("target", 64),
        _text("inspector", 64),
        _number("n"),
        _text("unit", 64),
        sa.Column("cross_county", sa.Boolean(), nullable=False),
        _ms("drawn_at_ms"),
        sa.PrimaryKeyConstraint("draw", "target", "inspector"),
    )
    op.create_index("inspection_assignment_target", "inspection_assignment", ["target", "drawn_at_ms"])
    op.create_table(
        "inspection_visit",
        _text("draw", 64),
        _text("target", 64),
        _text("case", 36),
        _ms("finished_at_ms", null=True),
        _ms("publish_due_ms", null=True),
        _ms("published_at_ms", null=True),
        sa.PrimaryKeyConstraint("draw", "target"),
    )
    op.create_index("inspection_visit_case", "inspection_visit", ["case"], unique=True)
    op.create_table(
        "inspection_finding",
        _text("case", 36),
        _number("n"),
        _text("unit", 64),
        _text("what", 256),
        _text("due", 10),
        _number("checked"),
        sa.Column("fixed_on", sa.String(length=10), nullable=True),
        sa.PrimaryKeyConstraint("case", "n"),
    )
    op.create_table(
        "burial_facility",
        _text("id", 64),
        _text("kind", 32),
        _text("name", 256),
        _text("county", 6),
        _text("area", 12),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        _number("capacity"),
        _number("used"),
        _number("reserved"),
        sa.PrimaryKeyConstraint("id"),
        sa.CheckConstraint(
            "used >= 0 AND reserved >= 0 AND used + reserved <= capacity", name="burial_facility_has_room"
        ),
    )
    op.create_index("burial_facility_county", "burial_facility", ["county", "kind"])
    op.create_table(
        "burial_use",
        _text("facility", 64),
        _number("year"),
        _number("before"),
        _number("recorded"),
        sa.PrimaryKeyConstraint("facility", "year"),
    )
    op.create_table(
        "burial_deceased",
        _text("case", 36),
        _text("matter", 64),
        _text("token", 64),
        _text("facility", 64),
        sa.PrimaryKeyConstraint("case"),
    )
    op.create_index("burial_deceased_token", "burial_deceased", ["token"])
    op.create_table(
        "publication_read",
        _text("publication", 64),
        _text("day", 10),
        _number("reads"),
        sa.PrimaryKeyConstraint("publication", "day"),
    )


def downgrade() -> None:
    """What the city did is still in the log."""
    for table in (
        "publication_read", "burial_deceased", "burial_use", "burial_facility", "inspection_finding",
        "inspection_visit", "inspection_assignment", "inspection_draw",
    ):  # fmt: skip
        op.drop_table(table)
