"""Kiosks' applications for a certificate, tasks and targets of campaigns; what is read from the cases."""

import json

from sqlalchemy import BigInteger, Boolean, Column, Connection, Index, Integer, String, Table, Text, select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t

_FINAL = ("issued", "registered", "refused", "withdrawn")


def _text(name: str, longest: int = 64) -> Column[str]:
    return Column(name, String(longest), nullable=False)


reissue_application = Table(  # what a kiosk took, until it is a case of the city
    "reissue_application",
    t.metadata,
    Column("facility", String(64), primary_key=True),
    Column("case", String(36), primary_key=True),
    _text("number"),
    Column("answers", Text, nullable=False),  # JSON
    Column("sources", Text, nullable=False),  # JSON: where each field came from
    Column("tokens", Text, nullable=False),  # JSON: by the box's key
    Column("sealed", Text),
    Column("at_ms", BigInteger, nullable=False),
    _text("rung"),  # by which the box settled who it is; "" until then
    _text("checked_by"),
    Column("withdrawn", Boolean, nullable=False),
    _text("city_case", 36),
    Index("reissue_application_open", "city_case", "withdrawn"),
    info=t.PROJECTION,
)

outreach_task = Table(  # a village of a campaign, and who goes there
    "outreach_task",
    t.metadata,
    Column("case", String(36), primary_key=True),
    _text("campaign"),
    _text("area", 12),
    _text("worker"),
    _text("state"),
    Index("outreach_task_of", "campaign", "area"),
    info=t.PROJECTION,
)

outreach_target = Table(  # somebody to be reached: who, stands sealed in the ledger alone
    "outreach_target",
    t.metadata,
    Column("target", String(64), primary_key=True),
    _text("campaign"),
    _text("area", 12),
    _text("basis"),
    _text("token"),  # "" where the number is not known
    Column("contacts", Integer, nullable=False),
    _text("outcome"),  # of the last contact
    _text("settled_by", 36),  # the case that registered them, or gave the certificate out
    Index("outreach_target_of", "campaign", "area"),
    Index("outreach_target_token", "token"),
    info=t.PROJECTION,
)
_k, _f, _s, _p, _o = reissue_application.c, t.case_file.c, c.case_step.c, c.case_person.c, outreach_task.c


def checked(db: Connection, case: str) -> bool:
    """Whether the box by which a case came has told who settled the identity."""
    return db.execute(select(_k.case).where(_k.city_case == case, _k.rung != "")).first() is not None


def confirmed(db: Connection, case: str) -> str:
    """The number that was found in the archives for a case."""
    found = select(_s.form).where(_s.case == case, _s.step == "confirm").order_by(_s.n.desc()).limit(1)
    return str(json.loads(db.scalars(found).one())["number"])


def open_case(db: Connection, kind: str, token: str, certificate_kind: str) -> str | None:
    """The number of the case that is open for this person."""
    theirs = select(_f.number, _f.form).join(c.case_person, _p.case == _f.case)
    theirs = theirs.where(_p.token == token, _f.matter == kind, _f.state.not_in(_FINAL)).order_by(_f.number)
    for row in db.execute(theirs):
        if json.loads(row.form)["certificate_kind"] == certificate_kind:
            return str(row.number)
    return None


def task_of(db: Connection, campaign: str, area: str) -> str | None:
    """The case of a village's task that is not over."""
    of_village = _o.campaign == campaign, _o.area == area, _o.state.in_(("assigned", "under_way"))
    return db.scalar(select(_o.case).where(*of_village))


def worker_of(db: Connection, case: str) -> str | None:
    return db.scalar(select(_o.worker).where(_o.case == case))
