"""The shared records' tables, for SQLite and PostgreSQL alike. Times are UTC milliseconds since the epoch."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    true,
)

metadata = MetaData()
_Serial = BigInteger().with_variant(Integer, "sqlite")  # SQLite counts up only an INTEGER primary key


PROJECTION = {"projection": True}
"""Of a table's info: it is made from the log alone, and can be made again."""


def _ms(name: str, *, null: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=null)


def _said(name: str, longest: int) -> Column[str]:
    """A text that older facilities do not send: empty then."""
    return Column(name, String(longest), nullable=False, server_default="")


facility = Table(
    "facility",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("area", String(6), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("name_zh", String(64), nullable=False),
    Column("name_en", String(128), nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("epoch", String(12), nullable=False),
    Column("online", Boolean, nullable=False),
    Column("cause", String(32), nullable=False),
    _ms("since_ms"),
    _ms("heard_at_ms"),
    _said("clock_quality", 16),
    _ms("clock_offset_ms", null=True),  # its clock minus ours, as it says itself
    _ms("clock_seen_ms", null=True),  # the same, as we see it
    _said("config_hash", 64),
    _said("config_state", 32),
)

device = Table(
    "device",
    metadata,
    Column("facility", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("driver", String(64), nullable=False),
    Column("location", String(64), nullable=False),
    Column("life_safety", Boolean, nullable=False),
    Column("simulated", Boolean, nullable=False),
    Column("online", Boolean, nullable=False),
    Column("cause", String(32), nullable=False),
    _ms("since_ms"),
    _said("fingerprint", 256),
    _ms("proven_at_ms", null=True),
    Column("prove_every_days", Integer, nullable=False, server_default="0"),  # 0: no schedule
    _ms("swapped_at_ms", null=True),
    _ms("clock_offset_ms", null=True),  # its own clock minus the facility's, when it last told a time
)

latest = Table(  # the newest value of each metric
    "latest",
    metadata,
    Column("facility", String(64), primary_key=True),
    Column("device", String(64), primary_key=True),
    Column("metric", String(64), primary_key=True),
    Column("value", Float, nullable=False),
    _ms("taken_at_ms"),
    _ms("ingest_at_ms"),
)

event = Table(  # the immutable log; every other table of records is a projection of it
    "event",
    metadata,
    Column("facility", String(64), primary_key=True),
    Column("epoch", String(12), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("id", String(36), nullable=False),
    Column("type", String(64), nullable=False),
    Column("subject", String(128), nullable=False),
    Column("priority", Integer, nullable=False),
    _ms("time_ms"),
    _ms("ingest_at_ms"),
    Column("late", Boolean, nullable=False),
    Column("body", LargeBinary, nullable=False),
    _said("drill", 64),
    Column("position", BigInteger, nullable=False, server_default="0"),  # 1, 2, 3 … over all facilities, as committed
    Column("applied", Boolean, nullable=False, server_default=true()),  # False: the records refuse what it says
    UniqueConstraint("id", name="event_id_once"),
    Index("event_position", "position"),
)

chain = Table(
    "chain",
    metadata,
    Column("facility", String(64), primary_key=True),
    Column("epoch", String(12), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("hash", String(64), nullable=False),
    Column("readings", Text, nullable=False),  # committed outbox offsets, as intervals
)

chain_break = Table(  # a gap or a fork: what the chain cannot prove
    "chain_break",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("facility", String(64), nullable=False),
    Column("epoch", String(12), nullable=False),
    Column("lane", String(16), nullable=False),  # events | readings
    Column("kind", String(16), nullable=False),  # gap | fork
    Column("first", BigInteger, nullable=False),
    Column("last", BigInteger, nullable=False),
    _ms("found_at_ms"),
)

alarm = Table(
    "alarm",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("facility", String(64), nullable=False),
    Column("device", String(64), nullable=False),
    Column("rule", String(32), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("escalation", Integer, nullable=False),
    Column("location", String(256), nullable=False),
    Column("metric", String(64), nullable=False),
    Column("value", Float),
    Column("limit", Float),
    Column("late", Boolean, nullable=False),
    _ms("raised_at_ms"),
    _ms("acknowledged_at_ms", null=True),
    _ms("attended_at_ms", null=True),
    _ms("closed_at_ms", null=True),
    Column("close_reason", String(16)),
    _said("drill", 64),  # of statistics: only rows where this is empty
    Index("alarm_open", "state", "facility"),
    info=PROJECTION,
)

visit = Table(
    "visit",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("facility", String(64), nullable=False),
    Column("source_device_id", String(64), nullable=False),
    Column("token", String(64), nullable=False),
    Column("id_masked", String(18), nullable=False),
    Column("name_masked", String(8), nullable=False),
    Column("method", String(16), nullable=False),
    _ms("at_ms"),
    _said("drill", 64),
    Index("visit_at", "facility", "at_ms"),
    info=PROJECTION,
)

drill = Table(
    "drill",
    metadata,
    Column("facility", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("device", String(64), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("what", String(256), nullable=False),
    Column("by", String(64), nullable=False),
    Column("for_s", Integer, nullable=False),
    _ms("started_at_ms"),
    _ms("ended_at_ms", null=True),
    Column("end_reason", String(16)),
    info=PROJECTION,
)

command = Table(
    "command",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("facility", String(64), nullable=False),
    Column("action", String(32), nullable=False),
    Column("subject", String(128), nullable=False),
    Column("by", String(64), nullable=False),
    Column("reason", String(64), nullable=False),
    _ms("asked_at_ms"),
    _ms("expires_at_ms"),
    _ms("sent_at_ms", null=True),
    _ms("answered_at_ms", null=True),
    Column("answer", String(256)),
    Index("command_waiting", "answered_at_ms", "expires_at_ms"),
)

dead_letter = Table(
    "dead_letter",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    _ms("received_at_ms"),
    Column("topic", String(1024), nullable=False),
    Column("reason", String(1024), nullable=False),
    Column("size", Integer, nullable=False),
    Column("payload", LargeBinary, nullable=False),
)

tally = Table(  # how often something happened of which no row is kept
    "tally",
    metadata,
    Column("name", String(32), primary_key=True),
    Column("count", BigInteger, nullable=False),
)

telemetry_spool = Table(  # committed with the watermark; gone when the time-series store has it durably
    "telemetry_spool",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("points", Text, nullable=False),
    _ms("written_at_ms", null=True),
)

intake = Table(  # how many values came in each ten seconds
    "intake",
    metadata,
    Column("slot_ms", BigInteger, primary_key=True, autoincrement=False),
    Column("readings", Integer, nullable=False),
)

reference_snapshot = Table(  # as it was published; of most datasets only the newest version is kept
    "reference_snapshot",
    metadata,
    Column("facility", String(64), primary_key=True),
    Column("dataset", String(64), primary_key=True),
    Column("version", BigInteger, primary_key=True, autoincrement=False),
    _ms("as_of_ms"),
    _ms("published_at_ms"),
    Column("body", LargeBinary, nullable=False),
)

case_file = Table(  # cases (办件) of facilities, and of the city itself
    "case_file",
    metadata,
    Column("facility", String(64), primary_key=True),
    Column("case", String(36), primary_key=True),
    Column("number", String(64), nullable=False),
    Column("matter", String(64), nullable=False),
    Column("state", String(32), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("trip_reason", String(32), nullable=False),  # why somebody had to come again, where they had to
    Column("offline", Boolean, nullable=False),
    _ms("opened_at_ms"),
    _ms("changed_at_ms"),
    Column("sealed", Text),  # who it is about, for the city's key alone
    _said("drill", 64),
    _said("area", 12),
    _said("owner", 64),  # the responsible body
    _said("clock", 64),  # the time limit that runs, or stands still with `clock_left`
    _ms("due_at_ms", null=True),
    _ms("clock_left", null=True),
    _said("act", 64),
    Column("form", Text, nullable=False, server_default="{}"),  # JSON: what was filled in when it was opened
    Column("progress", Text),  # the progress code of its slip, for the city's key alone
    _said("source_device_id", 64),  # the kiosk or window; "" where no device had a part
    Column("provenance", Text, nullable=False, server_default="{}"),  # JSON: field -> card, scanned, typed or shared
    Index("case_file_counted", "matter", "state"),
    Index("case_file_case", "case"),
    Index("case_file_number", "number", postgresql_ops={"number": "varchar_pattern_ops"}),
    Index("case_file_act", "act"),
    Index("case_file_due", "clock", "due_at_ms"),
    info=PROJECTION,
)

case_trip = Table(  # a day (Asia/Shanghai) on which somebody came for a case
    "case_trip",
    metadata,
    Column("facility", String(64), primary_key=True),
    Column("case", String(36), primary_key=True),
    Column("day", String(10), primary_key=True),
    info=PROJECTION,
)

sms = Table(  # phone and text stand in `sealed` alone, until the message is sent
    "sms",
    metadata,
    Column("facility", String(64), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("case", String(36), nullable=False),
    Column("template", String(64), nullable=False),
    Column("sealed", Text),
    Column("state", String(16), nullable=False),  # queued | sent | failed
    Column("tries", Integer, nullable=False),
    _ms("queued_at_ms"),  # by the facility's clock; all others by ours
    _ms("received_at_ms"),
    _ms("next_at_ms"),  # not to be tried before
    _ms("sent_at_ms", null=True),
    _said("phone_masked", 32),
    _said("reason", 256),  # why it failed
    Index("sms_waiting", "state", "next_at_ms"),
)

sms_sandbox = Table(  # what the sandbox took in place of a provider
    "sms_sandbox",
    metadata,
    Column("id", String(160), primary_key=True),
    Column("phone", String(32), nullable=False),
    Column("text", Text, nullable=False),
    _ms("at_ms"),
)

online_check = Table(  # one for the same case and the same persons
    "online_check",
    metadata,
    Column("facility", String(64), primary_key=True),
    Column("case", String(36), primary_key=True),
    Column("persons", String(64), primary_key=True),  # a token of them all
    Column("request_id", String(64), nullable=False),
    Column("result", String(16), nullable=False),  # clear | conflict
    _said("conflict_kind", 32),
    _ms("checked_at_ms"),
)

certificate = Table(  # the archives (档案), once for each of its holders
    "certificate",
    metadata,
    Column("id", String(64), primary_key=True),
    Column("person", String(64), primary_key=True),  # a token, never the number
    Column("kind", String(16), nullable=False),
    Column("year", Integer, nullable=False),
    Column("county", String(6), nullable=False),
    Column("office", String(64), nullable=False),
    Column("status", String(16), nullable=False),
    Index("certificate_of", "person"),
)

payment = Table(
    "payment",
    metadata,
    Column("facility", String(64), primary_key=True),
    Column("order", String(64), primary_key=True),
    Column("case", String(36), nullable=False),
    Column("amount_fen", Integer, nullable=False),
    Column("state", String(16), nullable=False),  # created | paid | failed | cancelled
    Column("provider", String(64), nullable=False),
    _said("reference", 64),  # the provider's
    _ms("created_at_ms"),
    _ms("settled_at_ms", null=True),
    Index("payment_of_provider", "provider", "reference"),
)

payment_refund = Table(  # what is given back of it: all
    "payment_refund",
    metadata,
    Column("facility", String(64), primary_key=True),
    Column("order", String(64), primary_key=True),
    Column("case", String(36), nullable=False),
    Column("amount_fen", Integer, nullable=False),
    Column("state", String(16), nullable=False),  # asked | refunded
    _said("reference", 64),  # the provider's
    _ms("asked_at_ms"),
    _ms("settled_at_ms", null=True),
)

change = Table(  # what the pages must look at again
    "change",
    metadata,
    Column("id", _Serial, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("facility", String(64), nullable=False),
    Column("ref", String(64), nullable=False),
)
