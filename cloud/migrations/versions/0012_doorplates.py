"""doorplates: points that collectors brought, the base of addresses, samples of it; findings of naming rules"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import VARCHAR

revision = "0012"
down_revision = "0011"


def _text(name: str, longest: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=longest), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _degrees(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.Float(), nullable=False)


def _ms(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "doorplate_survey",
        _text("case", 36),
        _text("collector", 64),
        _text("state", 64),
        _text("area", 12),
        _number("revision"),
        _text("digest", 64),
        _text("written", 128),
        _degrees("lon"),
        _degrees("lat"),
        _text("flags", 128),
        _text("reason", 256),
        _text("address", 128),
        _text("replaces", 128),
        _ms("approved_at_ms"),
        sa.PrimaryKeyConstraint("case"),
    )
    op.create_index("doorplate_survey_of", "doorplate_survey", ["collector", "state"])
    op.create_index("doorplate_survey_area", "doorplate_survey", ["area", "state"])
    op.create_table(
        "address_std",
        sa.Column("address", sa.String(128).with_variant(VARCHAR(128, collation="C"), "postgresql"), nullable=False),
        _text("area", 12),
        _degrees("lon"),
        _degrees("lat"),
        _text("status", 16),
        _text("survey", 36),
        _ms("approved_at_ms"),
        sa.PrimaryKeyConstraint("address"),
    )
    op.create_index("address_std_near", "address_std", ["lat", "lon"])
    op.create_index("address_std_area", "address_std", ["area", "address"])
    op.create_table(
        "address_sample",
        _text("case", 36),
        _text("area", 12),
        _text("seed", 64),
        _number("size"),
        _number("population"),
        _text("population_sha256", 64),
        _text("state", 64),
        _ms("drawn_at_ms"),
        sa.PrimaryKeyConstraint("case"),
    )
    op.create_table(
        "address_sample_item",
        _text("case", 36),
        _text("address", 128),
        _number("n"),
        _text("area", 12),
        _degrees("lon"),
        _degrees("lat"),
        _text("outcome", 16),
        _text("by", 64),
        _ms("at_ms"),
        sa.PrimaryKeyConstraint("case", "address"),
    )
    op.create_table(
        "placename_finding",
        _text("case", 36),
        _text("state", 64),
        _text("area", 12),
        _text("owner", 64),
        _text("violation", 32),
        _text("sign", 64),
        _text("photo", 64),
        _degrees("lon"),
        _degrees("lat"),
        _text("deadline", 10),
        _text("corrected_photo", 64),
        _number("rechecks"),
        _text("rechecked_photo", 64),
        sa.Column("was_late", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("case"),
    )
    op.create_index("placename_finding_due", "placename_finding", ["state", "deadline"])


def downgrade() -> None:
    """All of it follows from the log."""
    for table in ("placename_finding", "address_sample_item", "address_sample", "address_std", "doorplate_survey"):
        op.drop_table(table)
