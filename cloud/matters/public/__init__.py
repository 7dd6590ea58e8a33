"""What anybody may ask without a name: counts, never a row about somebody (公众查询)."""

from cloud.matters.public import routes
from cloud.matters.service import Service

SERVICE = Service(public=lambda engine, _clock: (routes.router(engine),))
