"""The events that an answer tells, besides what becomes of the case."""

from contract.events.data import EventData
from contract.events.visits import ConsentDeclined, ConsentGiven, DocumentSigned, Language, PaymentSettled
from edge.domain.visits.questions import Answer, Consent, Pay, Question, Sign


def told_by(case: str, place: str, lang: Language, question: Question, answer: Answer) -> list[EventData]:
    if isinstance(question, Consent):
        kind = ConsentGiven if answer["way"] == "yes" else ConsentDeclined
        return [
            kind(
                case=case,
                scope=question.scope,
                text_version=question.text_version,
                language=lang,
                place=place,
                token=question.token or None,
            )
        ]
    if isinstance(question, Sign) and "strokes" in answer:
        return [
            DocumentSigned(
                case=case,
                place=place,
                document=question.document,
                document_sha256=answer["document_sha256"],
                sha256=answer["sha256"],
                signer=question.signer or None,
                how=answer["how"],
            )
        ]
    if isinstance(question, Pay):
        return [
            PaymentSettled(
                case=case,
                order=question.order,
                amount_fen=question.amount_fen,
                provider=str(answer.get("provider", "counter")),
                result=answer["state"],
                reference=str(answer.get("reference", "")),
            )
        ]
    return []
