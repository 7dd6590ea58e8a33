"""How it was for the visitor (获得感和满意度): trips per matter, ratings, a call back after a low one."""

from cloud.matters.satisfaction import handlers, job, routes, words, workflow
from cloud.matters.service import Job, Service

SERVICE = Service(
    kinds=(workflow.FOLLOW_UP,),
    handlers=(handlers.handle,),
    words=words.WORDS,
    routes=lambda city: (routes.router(city.engine, city.door),),
    jobs=lambda city: (Job("follow-ups", job.EVERY_S, job.FollowUps(city.log, city.casework).step),),
)
