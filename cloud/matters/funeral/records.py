"""Funeral cases with their wristbands, each move with the scan that proves it, furnaces, permits, kiosks' bookings."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Connection, Index, Integer, String, Table, Text, and_, or_, select

from cloud.adapters import tables as t


def _text(name: str, longest: int = 64) -> Column[str]:
    return Column(name, String(longest), nullable=False)


funeral_case = Table(  # tokens are "" until somebody has said who the deceased is
    "funeral_case",
    t.metadata,
    Column("case", String(36), primary_key=True),
    _text("home"),
    _text("token"),
    _text("certificate"),  # a token of the death certificate's number
    _text("epc", 128),
    _text("attendant"),
    _text("furnace"),
    Column("released_at_ms", BigInteger),
    Column("booked", Boolean, nullable=False),
    Column("over", Boolean, nullable=False),
    Index("funeral_case_token", "token"),
    Index("funeral_case_certificate", "certificate"),
    Index("funeral_case_epc", "epc"),
    Index("funeral_case_furnace", "home", "furnace"),
    info=t.PROJECTION,
)
funeral_booking = Table(  # as a kiosk told it
    "funeral_booking",
    t.metadata,
    Column("facility", String(64), primary_key=True),
    Column("case", String(36), primary_key=True),
    _text("number"),
    _text("price_list"),
    Column("snapshot", BigInteger, nullable=False),  # 0: it was booked without prices
    Column("sealed", Text),
    Column("at_ms", BigInteger, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    _text("funeral_case", 36),  # "" until it is one
    Index("funeral_booking_open", "funeral_case", "withdrawn"),
    info=t.PROJECTION,
)
wristband_read = Table(
    "wristband_read",
    t.metadata,
    Column("event", String(36), primary_key=True),
    _text("facility"),
    _text("device"),
    _text("epc", 128),
    Column("at_ms", BigInteger, nullable=False),
    Index("wristband_read_at", "facility", "at_ms"),
    Index("wristband_read_of", "epc", "at_ms"),
    info=t.PROJECTION,
)
custody_event = Table(  # each move, the scan that proves it, and who was there
    "custody_event",
    t.metadata,
    Column("case", String(36), primary_key=True),
    Column("n", Integer, primary_key=True),
    _text("move"),
    _text("epc", 128),
    _text("read", 36),
    _text("device"),
    Column("read_at_ms", BigInteger, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    _text("by"),
    _text("attendant"),
    info=t.PROJECTION,
)
cremation_batch = Table(  # as the furnace's PLC tells it; `case` "": whose it is nobody has said
    "cremation_batch",
    t.metadata,
    Column("event", String(36), primary_key=True),
    _text("facility"),
    _text("furnace"),
    Column("batch", BigInteger, nullable=False),
    Column("started_at_ms", BigInteger, nullable=False),
    Column("ended_at_ms", BigInteger),
    _text("case", 36),
    Index("cremation_batch_case", "case"),
    Index("cremation_batch_furnace", "facility", "furnace", "batch"),
    info=t.PROJECTION,
)
funeral_incident = Table(  # what must be alarmed; `alert`: the case that came of it
    "funeral_incident",
    t.metadata,
    Column("event", String(36), primary_key=True),
    _text("why"),
    _text("home"),
    _text("case", 36),
    Column("at_ms", BigInteger, nullable=False),
    _text("alert", 36),
    Index("funeral_incident_open", "alert"),
    info=t.PROJECTION,
)
remains_transfer_permit = Table(
    "remains_transfer_permit",
    t.metadata,
    Column("facility", String(64), primary_key=True),
    Column("case", String(36), primary_key=True),
    _text("permit"),
    _text("approver"),
    _text("key"),
    _text("qr_sha256"),
    Column("issued_at_ms", BigInteger, nullable=False),
    Column("departed_at_ms", BigInteger),
    Column("received_at_ms", BigInteger),
    _text("receipt"),
    _text("alert", 36),
    Index("remains_transfer_permit_open", "received_at_ms", "issued_at_ms"),
    info=t.PROJECTION,
)
_f, _c = funeral_case.c, custody_event.c


def about(db: Connection, case: str) -> dict[str, Any] | None:
    row = db.execute(select(funeral_case).where(_f.case == case)).mappings().first()
    return dict(row) if row else None


def moves(db: Connection, case: str) -> Sequence[Any]:
    return db.execute(select(custody_event).where(_c.case == case).order_by(_c.n)).all()


def open_case_of(db: Connection, token: str, certificate: str, *, but: str = "") -> str | None:
    """The case that is open for this person or this certificate."""
    for column, value in ((_f.token, token), (_f.certificate, certificate)):
        if value:
            same = select(_f.case).where(column == value, _f.over.is_(False), _f.case != but)
            if (found := db.scalar(same.order_by(_f.case).limit(1))) is not None:
                return str(found)
    return None


def area_of(db: Connection, facility: str) -> str | None:
    """Where a facility is; None: nobody has heard of it."""
    return db.scalar(select(t.facility.c.area).where(t.facility.c.id == facility))


def number_of(db: Connection, case: str) -> str:
    return db.scalar(select(t.case_file.c.number).where(t.case_file.c.case == case)) or case


def area_of_message(db: Connection, facility: str, sms: str) -> str | None:
    """Where the funeral case is that a message was about, also by way of a kiosk's booking, or the case of that name
    itself; None: of no such case.
    """
    k, m, f = funeral_booking.c, t.sms.c, t.case_file.c
    booked = and_(k.facility == m.facility, k.case == m.case)
    area = (
        select(f.area)
        .select_from(t.sms)
        .outerjoin(funeral_booking, booked)
        .join(funeral_case, or_(_f.case == m.case, _f.case == k.funeral_case))
        .join(t.case_file, f.case == _f.case)
    )
    told = db.scalar(area.where(m.facility == facility, m.id == sms))
    itself = select(f.area).join(funeral_case, _f.case == f.case).where(f.facility == facility, f.case == sms)
    return told if told is not None else db.scalar(itself)
