"""What a package of the plan offers, so that one list of packages is all that others need to know."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cloud.matters.sharing.datasets import Dataset
from cloud.services.casework import Kind
from cloud.services.event_effects import Handler
from cloud.services.ledgers import Ledger
from contract.words import Words


@dataclass(frozen=True, kw_only=True)
class Service:
    """`handlers` in the order in which they see an event."""

    kinds: tuple[Kind, ...] = ()
    ledgers: tuple[Ledger, ...] = ()
    handlers: tuple[Handler, ...] = ()
    datasets: tuple[Dataset, ...] = ()
    words: Mapping[str, Words] = field(default_factory=dict)
