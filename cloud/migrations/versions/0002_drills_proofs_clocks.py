"""drills, proof of life, identity, clocks, configuration"""

from alembic import op
import sqlalchemy as sa

revision = "0002"
down_revision = "0001"


def _said(name: str, longest: int) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=longest), nullable=False, server_default="")


def _ms(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=True)


def _new_columns() -> dict[str, list[sa.Column]]:  # type: ignore[type-arg]
    return {
        "facility": [
            _said("clock_quality", 16),
            _ms("clock_offset_ms"),
            _ms("clock_seen_ms"),
            _said("config_hash", 64),
            _said("config_state", 32),
        ],
        "device": [
            _said("fingerprint", 256),
            _ms("proven_at_ms"),
            sa.Column("prove_every_days", sa.Integer(), nullable=False, server_default="0"),
            _ms("swapped_at_ms"),
            _ms("clock_offset_ms"),
        ],
        "event": [_said("drill", 64)],
        "alarm": [_said("drill", 64)],
        "visit": [_said("drill", 64)],
    }


def upgrade() -> None:
    """What is there already comes from real life: an empty `drill`."""
    for table, columns in _new_columns().items():
        for column in columns:
            op.add_column(table, column)
    op.create_table(
        "drill",
        sa.Column("facility", sa.String(length=64), nullable=False),
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("what", sa.String(length=256), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False),
        sa.Column("for_s", sa.Integer(), nullable=False),
        sa.Column("started_at_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_at_ms", sa.BigInteger(), nullable=True),
        sa.Column("end_reason", sa.String(length=16), nullable=True),
        sa.PrimaryKeyConstraint("facility", "id"),
    )


def downgrade() -> None:
    """Alarms and visits of drills would count as real ones from here on: they go. The log keeps their events."""
    op.execute("DELETE FROM alarm WHERE drill <> ''")
    op.execute("DELETE FROM visit WHERE drill <> ''")
    op.drop_table("drill")
    for table, columns in _new_columns().items():
        with op.batch_alter_table(table, schema=None) as batch_op:
            for column in columns:
                batch_op.drop_column(column.name)
