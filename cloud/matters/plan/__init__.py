"""The plan itself (保障措施): its tasks with one lead unit each, time nodes, supervision, publications."""

from cloud.matters.plan import publications, supervision, tasks, words
from cloud.matters.service import Service

SERVICE = Service(
    kinds=(supervision.ACTIONS,),
    ledgers=(*tasks.LEDGERS, publications.LEDGER),
    words=words.WORDS,
)
