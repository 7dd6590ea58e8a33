"""certificates that the city issued or made void, kiosks' applications for one, tasks and targets of campaigns"""

from alembic import op
import sqlalchemy as sa

revision = "0011"
down_revision = "0010"


def _text(name: str, longest: int = 64) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=longest), nullable=False)


def _long(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _at_ms() -> sa.Column[int]:
    return sa.Column("at_ms", sa.BigInteger(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "issued_certificate",
        _text("id"),
        _text("person"),
        _text("kind", 16),
        sa.Column("year", sa.Integer(), nullable=False),
        _text("county", 6),
        _text("office"),
        _text("status", 16),
        _at_ms(),
        sa.PrimaryKeyConstraint("id", "person"),
    )
    op.create_index("issued_certificate_of", "issued_certificate", ["person"])
    op.create_table(
        "reissue_application",
        _text("facility"),
        _text("case", 36),
        _text("number"),
        _long("answers"),
        _long("sources"),
        _long("tokens"),
        sa.Column("sealed", sa.Text()),
        _at_ms(),
        _text("rung"),
        _text("checked_by"),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        _text("city_case", 36),
        sa.PrimaryKeyConstraint("facility", "case"),
    )
    op.create_index("reissue_application_open", "reissue_application", ["city_case", "withdrawn"])
    op.create_table(
        "outreach_task",
        _text("case", 36),
        _text("campaign"),
        _text("area", 12),
        _text("worker"),
        _text("state"),
        sa.PrimaryKeyConstraint("case"),
    )
    op.create_index("outreach_task_of", "outreach_task", ["campaign", "area"])
    op.create_table(
        "outreach_target",
        _text("target"),
        _text("campaign"),
        _text("area", 12),
        _text("basis"),
        _text("token"),
        sa.Column("contacts", sa.Integer(), nullable=False),
        _text("outcome"),
        _text("settled_by", 36),
        sa.PrimaryKeyConstraint("target"),
    )
    op.create_index("outreach_target_of", "outreach_target", ["campaign", "area"])
    op.create_index("outreach_target_token", "outreach_target", ["token"])


def downgrade() -> None:
    """All of it is still in the log."""
    for table in ("outreach_target", "outreach_task", "reissue_application", "issued_certificate"):
        op.drop_table(table)
