"""How it was for the visitor (获得感和满意度): trips per matter, ratings, a call back after a low one."""

from cloud.matters.satisfaction import handlers, words, workflow
from cloud.matters.service import Service

SERVICE = Service(kinds=(workflow.FOLLOW_UP,), handlers=(handlers.handle,), words=words.WORDS)
