"""Social organisations (社会组织): the register, annual checks, credit, approval on line, the one-net query."""

from cloud.matters.service import Service
from cloud.matters.social_organisations import (
    archive,
    datasets,
    handlers,
    joint_platform,
    objections,
    registers,
    words,
    workflow,
)

SERVICE = Service(
    kinds=(workflow.ORG_CASE, objections.OBJECTION, joint_platform.FEEDBACK),
    ledgers=(*registers.LEDGERS, archive.LEDGER),
    handlers=(handlers.handle,),
    datasets=(datasets.CREDIT_EVENTS,),
    words=words.WORDS,
)
