"""Care homes (养老服务): what visitors booked, whether they came, and how it was for them."""

from cloud.matters.elder_care import handlers, routes
from cloud.matters.service import Service

SERVICE = Service(
    handlers=(handlers.handle,),
    public=lambda engine, _clock: (routes.router(engine),),
)
