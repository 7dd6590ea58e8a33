"""archives: items, pages, what two readings differ in, samples"""

from alembic import op
import sqlalchemy as sa

revision = "0010"
down_revision = "0009"


def _text(name: str, longest: int = 64) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=longest), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _ms(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _yes(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "archive_item",
        _text("item", 36),
        _text("number"),
        _text("county", 6),
        _text("area", 12),
        _number("year"),
        _text("retain_until", 10),
        _text("state"),
        _number("version"),
        sa.PrimaryKeyConstraint("item"),
    )
    op.create_index("archive_item_number", "archive_item", ["number"])
    op.create_index("archive_item_county", "archive_item", ["county", "year"])
    op.create_table(
        "archive_page",
        _text("item", 36),
        _number("page"),
        _number("version"),
        _text("area", 12),
        _text("sha256"),
        _text("media", 32),
        _number("width"),
        _number("height"),
        _text("problems"),
        _text("operator"),
        _ms("at_ms"),
        _text("retain_until", 10),
        _yes("recognised"),
        sa.PrimaryKeyConstraint("item", "page"),
    )
    op.create_index("archive_page_area", "archive_page", ["area"])
    op.create_index("archive_page_recognised", "archive_page", ["recognised", "at_ms"])
    op.create_table(
        "archive_person", _text("token"), _text("item", 36), sa.PrimaryKeyConstraint("token", "item")
    )
    op.create_table(
        "consistency_diff",
        _text("item", 36),
        _text("stage", 16),
        _text("record"),
        _number("n"),
        _text("field", 32),
        _text("county", 6),
        _yes("matches"),
        _text("settled", 16),
        _text("by"),
        _ms("at_ms"),
        _yes("current"),
        sa.PrimaryKeyConstraint("item", "stage", "record", "n", "field"),
    )
    op.create_index("consistency_diff_county", "consistency_diff", ["county", "stage", "current"])
    op.create_table(
        "archive_sample",
        _text("case", 36),
        _text("area", 12),
        _text("seed"),
        _number("population"),
        _text("population_sha256"),
        _ms("drawn_at_ms"),
        sa.PrimaryKeyConstraint("case"),
    )
    op.create_table(
        "archive_sample_page",
        _text("case", 36),
        _text("item", 36),
        _number("page"),
        _number("n"),
        _text("sha256"),
        _text("operator"),
        _text("outcome", 16),
        _text("by"),
        _ms("at_ms"),
        sa.PrimaryKeyConstraint("case", "item", "page"),
    )


def downgrade() -> None:
    """All of it is still in the log."""
    for table in (
        "archive_sample_page", "archive_sample", "consistency_diff", "archive_person", "archive_page", "archive_item",
    ):  # fmt: skip
        op.drop_table(table)
