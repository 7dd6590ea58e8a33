"""forms of facilities that the city takes over"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def _text(name: str, longest: int = 64) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=longest), nullable=False)


def upgrade() -> None:
    op.create_table(
        "kiosk_form",
        _text("facility"),
        _text("case", 36),
        _text("matter"),
        _text("number"),
        sa.Column("answers", sa.Text(), nullable=False),
        sa.Column("sealed", sa.Text()),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        _text("state", 32),
        _text("reason", 256),
        _text("city_case", 36),
        _text("by_hand"),
        sa.PrimaryKeyConstraint("facility", "case"),
    )
    op.create_index("kiosk_form_waiting", "kiosk_form", ["matter", "city_case", "by_hand"])


def downgrade() -> None:
    """All of it is still in the log."""
    op.drop_table("kiosk_form")
