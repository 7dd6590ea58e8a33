"""drafts of the web; the progress code of a case, sealed"""

from alembic import op
import sqlalchemy as sa

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "web_draft",
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("case", sa.String(length=36), nullable=False),
        sa.Column("matter", sa.String(length=64), nullable=False),
        sa.Column("forms", sa.Text(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("taken_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("code"),
    )
    op.create_index("web_draft_case", "web_draft", ["case"], unique=True)
    op.create_index("web_draft_at", "web_draft", ["at_ms"])
    op.add_column("case_file", sa.Column("progress", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("case_file", "progress")
    op.drop_table("web_draft")
