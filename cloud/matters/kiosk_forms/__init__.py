"""Forms that people filled in at a facility and that the city goes on with (自助终端申请交接)."""

from cloud.matters.kiosk_forms import handlers, taking
from cloud.matters.service import Service

SERVICE = Service(ledgers=(taking.LEDGER,), handlers=(handlers.handle,))
