"""Social assistance (社会救助): a window in each township, proxies, one form for nine departments."""

from cloud.matters.service import Service
from cloud.matters.social_assistance import handlers, proxies, tasks, windows, words, workflow

SERVICE = Service(
    kinds=(workflow.ASSISTANCE, tasks.TASK, proxies.PROXY),
    ledgers=(windows.LEDGER,),
    handlers=(handlers.handle,),
    words=words.WORDS,
)
