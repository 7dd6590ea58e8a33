"""Tables of what the city itself does: the steps of its cases, its ledgers, and who may log in."""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, String, Table, Text

from cloud.adapters.tables import PROJECTION, metadata

case_step = Table(  # the history (办理过程) of a case; what was filled in stands with the step
    "case_step",
    metadata,
    Column("case", String(36), primary_key=True),
    Column("n", Integer, primary_key=True),  # 0: it was opened
    Column("step", String(64), nullable=False),
    Column("from_state", String(64), nullable=False),
    Column("state", String(64), nullable=False),
    Column("by", String(64), nullable=False),
    Column("role", String(64), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("delegated_by", String(64), nullable=False),
    Column("reason", String(256), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("form", Text, nullable=False),  # JSON
    Column("sealed", Text),
    Column("channel", String(16), nullable=False, server_default=""),
    info=PROJECTION,
)

case_refusal = Table(  # who tried what was not theirs
    "case_refusal",
    metadata,
    Column("event", String(36), primary_key=True),
    Column("case", String(36), nullable=False),
    Column("kind", String(64), nullable=False),
    Column("step", String(64), nullable=False),
    Column("state", String(64), nullable=False),
    Column("by", String(64), nullable=False),
    Column("role", String(64), nullable=False),
    Column("why", String(256), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("case_refusal_of", "case"),
    info=PROJECTION,
)

case_person = Table(  # whose case it is: tokens, never numbers
    "case_person",
    metadata,
    Column("case", String(36), primary_key=True),
    Column("token", String(64), primary_key=True),
    Column("role", String(16), nullable=False),  # applicant | proxy
    Index("case_person_token", "token"),
    info=PROJECTION,
)

ledger_entry = Table(  # every version of every row
    "ledger_entry",
    metadata,
    Column("ledger", String(64), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("current", Boolean, nullable=False),
    Column("row", Text, nullable=False),  # JSON
    Column("sealed", Text),
    Column("by", String(64), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("reason", String(256), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("seal", String(128), nullable=False),
    Index("ledger_entry_current", "ledger", "current", "key"),
    info=PROJECTION,
)

staff_account = Table(
    "staff_account",
    metadata,
    Column("number", String(64), primary_key=True),
    Column("name", String(64), nullable=False),
    Column("role", String(32), nullable=False),
    Column("area", String(12), nullable=False),
    Column("unit", String(64), nullable=False),
    Column("password", String(256), nullable=False),  # Argon2id
    Column("wrong", Integer, nullable=False),  # passwords, since the last right one
    Column("not_before_ms", BigInteger, nullable=False),  # the next try
)

staff_session = Table(
    "staff_session",
    metadata,
    Column("token", String(64), primary_key=True),  # SHA-256 of what the browser or program holds
    Column("number", String(64), nullable=False),
    Column("csrf", String(64), nullable=False),
    Column("begun_at_ms", BigInteger, nullable=False),
    Column("used_at_ms", BigInteger, nullable=False),
    Column("until_ms", BigInteger, nullable=False),
    Index("staff_session_of", "number"),
)
