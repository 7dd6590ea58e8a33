"""Figures of marriage records; each can be counted again from the records. A county code, or "" for all."""

from typing import Any

from sqlalchemy import Connection, Select, case, func, select

from cloud.matters.marriage.records import comparison_field, marriage_record, screening_result

TARGET = 0.999
"""Of key fields that agree with the archive (P)."""
_m, _r, _d = marriage_record.c, screening_result.c, comparison_field.c


def agreement(db: Connection, county: str = "") -> list[dict[str, Any]]:
    """By county: fields of stage 3 that agree, of those that could be compared; `rate` None: nothing was compared."""
    agree, compared = (
        func.sum(case((_d.result.in_(results), 1), else_=0)) for results in (("agrees",), ("agrees", "differs"))
    )
    records = func.count(_d.record.distinct()).label("records")
    query = select(_d.county, agree.label("matching"), compared.label("compared"), records)
    query = query.group_by(_d.county).order_by(_d.county)
    told = []
    for row in db.execute(query.where(_d.county == county) if county else query):
        rate = row.matching / row.compared if row.compared else None
        told.append({
            "county": row.county, "records": row.records, "matching": int(row.matching), "compared": int(row.compared),
            "rate": None if rate is None else round(rate, 6), "reached": None if rate is None else rate >= TARGET,
        })  # fmt: skip
    return told


def findings(db: Connection, county: str = "") -> list[dict[str, Any]]:
    """By county, stage and rule: how many findings stand, in how many records."""
    of = (_r.county, _r.stage, _r.rule, _r.severity, _r.owner_level)
    query = select(*of, func.count().label("findings"), func.count(_r.record.distinct()).label("records"))
    return _rows(db, (query.where(_r.county == county) if county else query).group_by(*of).order_by(*of))


def states(db: Connection, county: str = "") -> list[dict[str, Any]]:
    """By county and state, how many records; `sealed`: as they stand now."""
    sealed = func.sum(case((_m.sealed_version == _m.version, 1), else_=0)).label("sealed")
    query = select(_m.county, _m.state, func.count().label("records"), sealed).group_by(_m.county, _m.state)
    return _rows(db, (query.where(_m.county == county) if county else query).order_by(_m.county, _m.state))


def stages(db: Connection, county: str = "") -> list[dict[str, Any]]:
    """By county and stage: how many records passed, failed, were waived, or wait ("")."""
    told: list[dict[str, Any]] = []
    for n, column in ((1, _m.stage_1), (2, _m.stage_2), (3, _m.stage_3)):
        query = select(_m.county, column.label("outcome"), func.count().label("records")).where(_m.state != "void")
        query = (query.where(_m.county == county) if county else query).group_by(_m.county, column)
        told += [{"stage": n, **row} for row in _rows(db, query.order_by(_m.county, column))]
    return told


def _rows(db: Connection, query: Select[Any]) -> list[dict[str, Any]]:
    return [{**row} for row in db.execute(query).mappings()]
