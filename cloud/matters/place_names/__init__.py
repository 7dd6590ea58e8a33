"""Place names (地名): naming and renaming, who is responsible where, doorplates, enforcement."""

from cloud.matters.place_names import datasets, handlers, jurisdictions, words, workflow
from cloud.matters.service import Service

SERVICE = Service(
    kinds=(workflow.NAMING,),
    ledgers=(jurisdictions.LEDGER,),
    handlers=(handlers.handle,),
    datasets=(datasets.NAMES,),
    words=words.WORDS,
)
