"""marriage records: their screening, their agreement with the archive, court rulings, the applicants' signatures"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def _text(name: str, longest: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=longest), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _at() -> sa.Column[int]:
    return sa.Column("at_ms", sa.BigInteger(), nullable=False)


def upgrade() -> None:
    op.create_table(
        "marriage_record",
        _text("key", 128), _number("version"), _text("county", 6), _text("kind", 16), _text("certificate", 64),
        _text("registered", 10), _text("status", 16), _text("husband", 64), _text("wife", 64), _text("batch", 64),
        _text("case", 36), _text("entered_by", 64), _text("stage_1", 8), _text("stage_2", 8), _text("stage_3", 8),
        _text("state", 16), _number("sealed_version"), _at(),
        sa.PrimaryKeyConstraint("key"),
    )  # fmt: skip
    op.create_index("marriage_record_certificate", "marriage_record", ["certificate"])
    op.create_index("marriage_record_husband", "marriage_record", ["husband"])
    op.create_index("marriage_record_wife", "marriage_record", ["wife"])
    op.create_index("marriage_record_county", "marriage_record", ["county", "state", "key"])
    op.create_index("marriage_record_state", "marriage_record", ["state", "key"])
    op.create_table(
        "screening_result",
        _text("record", 128), _number("stage"), _text("rule", 32), _text("about", 128), _text("severity", 8),
        _text("owner_level", 8), _text("county", 6), _number("version"), _at(),
        sa.PrimaryKeyConstraint("record", "stage", "rule", "about"),
    )  # fmt: skip
    op.create_index("screening_result_of", "screening_result", ["county", "stage", "rule"])
    op.create_table(
        "marriage_comparison_field",
        _text("record", 128), _text("field", 32), _text("county", 6), _text("result", 16), _text("archive", 64),
        _text("by", 64), _at(),
        sa.PrimaryKeyConstraint("record", "field"),
    )  # fmt: skip
    op.create_index("marriage_comparison_county", "marriage_comparison_field", ["county", "result"])
    op.create_table(
        "marriage_ruling",
        _text("ruling", 64), _text("token", 64), _text("other", 64), _text("effect", 16),
        sa.Column("day", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("ruling", "token"),
    )  # fmt: skip
    op.create_index("marriage_ruling_token", "marriage_ruling", ["token"])
    op.create_table(
        "pad_signature",
        _text("event", 36), _text("facility", 64), _text("case", 36), _text("document_sha256", 64),
        _text("sha256", 64), _text("how", 32), sa.Column("drill", sa.Boolean(), nullable=False), _at(),
        sa.PrimaryKeyConstraint("event"),
    )  # fmt: skip
    op.create_index("pad_signature_case", "pad_signature", ["case"])
    op.create_index("pad_signature_document", "pad_signature", ["document_sha256"])


def downgrade() -> None:
    """What was entered and found is still in the log."""
    created = "pad_signature", "marriage_ruling", "marriage_comparison_field", "screening_result", "marriage_record"
    for table in created:
        op.drop_table(table)
