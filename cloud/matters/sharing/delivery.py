"""A delivery (数据供给): only what the catalogue and the request allow, and never without a row that says so."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from cloud.domain.actor import Actor
from cloud.domain.deadline import day_of
from cloud.matters.sharing import records
from cloud.matters.sharing.datasets import Dataset, IsSigned, Query, Seals
from cloud.matters.sharing.workflow import Entry, Request
from cloud.ports import CityLog, LogWriting
from cloud.services.casework import NotAllowed
from contract.events.city import ShareDelivered

Alert = Callable[[LogWriting, str, int], None]
"""What a signed row that is not what was signed brings about: its key and version."""


class Delivery:
    def __init__(self, log: CityLog, datasets: Mapping[str, Dataset], is_signed: IsSigned, alert: Alert) -> None:
        self._log, self.datasets, self._is_signed, self._alert = log, datasets, is_signed, alert

    def ask(
        self,
        dataset: str,
        fields: Sequence[str],
        query: Query,
        actor: Actor,
        *,
        request: str = "",
        purpose: str = "",
        basis: str = "",
    ) -> list[dict[str, Any]]:
        """`request`: the case by which it was approved; what is shared with everybody needs purpose and basis alone.

        Raises NotAllowed; then nothing is given and nothing is written. RecordsUnavailable.
        """
        with self._log.writing() as writing:
            db = writing.books.db
            row = records.entry(db, dataset)
            if row is None or dataset not in self.datasets:
                raise NotAllowed(f"the catalogue shares no {dataset}")
            entry, of = Entry.model_validate(row), self.datasets[dataset]
            allowed = set(entry.fields)
            if entry.attribute != "unconditional":
                approved = records.request(db, request, actor.unit) if request else None
                if approved is None:
                    raise NotAllowed(f"{dataset} needs an approved request of {actor.unit or 'your department'}")
                asked = Request.model_validate(approved)
                if asked.dataset != dataset or asked.until < day_of(writing.now_ms):
                    raise NotAllowed("the request is for other data, or its time is over")
                allowed &= set(asked.fields)
                purpose, basis = asked.purpose, asked.basis
            if not (purpose.strip() and basis.strip()):
                raise NotAllowed("say what for, and on what legal basis")
            if beyond := sorted(set(fields) - allowed):
                raise NotAllowed(f"not shared: {', '.join(beyond)}; shared: {', '.join(sorted(allowed))}")
            if query.token and not of.of_persons:
                raise NotAllowed(f"{dataset} is about nobody: ask without a person")
            if of.of_persons and not (query.token or query.key):
                raise NotAllowed(f"{dataset} is about people: ask for one of them")
            seals = Seals(self._is_signed)
            rows = [{name: one[name] for name in fields} for one in of.rows(db, replace(query, seals=seals))]
            for key, version in seals.broken:
                self._alert(writing, key, version)
            writing.append(ShareDelivered(
                dataset=dataset, request=request, unit=actor.unit, by=actor.number, purpose=purpose[:256],
                basis=basis[:256], fields=tuple(fields), about=query.token, rows=len(rows),
            ))  # fmt: skip
        return rows
