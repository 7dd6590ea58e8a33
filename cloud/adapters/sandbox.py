"""What stands in for services that are not ours: the national check, an SMS gateway, a payment provider.

They behave as a JSON file says, which is read again at each question, so that an outage can be played while the cloud
runs. For example, people of whom nobody is real:

    {"national_check": {"down": false, "latency_ms": 0, "conflicts": {"330899199003070016": "already_married"}},
     "sms": {"state": "up"}, "payments": {"down": false}}
"""

import hashlib
import hmac
import json
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy import Engine, delete, select

from cloud.adapters import tables as t
from cloud.adapters.sql_database import available, insert_once
from cloud.ports import (
    BadFile,
    LookupUnavailable,
    PlatformAnswer,
    RecordsRefused,
    SmsGatewayDown,
    SmsNotTaken,
    SmsRefused,
)
from contract.events.envelope import explain
from contract.lookups import Asked, ConflictKind, PaymentStep

NOBODYS = "000-"
"""Numbers that begin so belong to nobody."""
_KEPT_TEXTS = 500
_FAILS, _UNDECIDED = 13, 14  # the last two digits of an amount in fen


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Check(_Part):
    down: bool = False
    latency_ms: Annotated[int, Field(ge=0, le=60_000)] = 0
    conflicts: dict[str, ConflictKind] = Field(default_factory=dict)


class _Sms(_Part):
    state: Literal["up", "failing", "down"] = "up"


class _Payments(_Part):
    down: bool = False


class _JointPlatform(_Part):
    down: bool = False
    answer: Annotated[str, Field(max_length=1024)] = ""


class _Conduct(_Part):
    national_check: _Check = _Check()
    sms: _Sms = _Sms()
    payments: _Payments = _Payments()
    joint_platform: _JointPlatform = _JointPlatform()


class Conduct:
    """How the sandboxes behave now. `file` None: all is well."""

    def __init__(self, file: Path | None) -> None:
        """Raises BadFile, OSError."""
        self._file = file
        self._last = self._read() if file else _Conduct()

    def __call__(self) -> _Conduct:
        """A file that is being written again says what it said before."""
        if self._file:
            try:
                self._last = self._read()
            except (OSError, BadFile):
                return self._last
        return self._last

    def _read(self) -> _Conduct:
        assert self._file is not None
        try:
            return _Conduct.model_validate(json.loads(self._file.read_bytes()))
        except ValidationError as wrong:
            raise BadFile(f"--sandbox {self._file}: {explain(wrong)}") from None
        except ValueError as wrong:
            raise BadFile(f"--sandbox {self._file}: no JSON: {wrong}") from None


class SandboxNationalCheck:
    """Everybody is free to marry whom the file does not name."""

    def __init__(self, conduct: Callable[[], _Conduct]) -> None:
        self._conduct = conduct

    def check(self, persons: Sequence[Asked]) -> ConflictKind | None:
        conduct = self._conduct().national_check
        if conduct.latency_ms:
            time.sleep(conduct.latency_ms / 1000)
        if conduct.down:
            raise LookupUnavailable("the national check does not answer (sandbox)")
        return next((conduct.conflicts[one.number] for one in persons if one.number in conduct.conflicts), None)


class SandboxSms:
    """Takes messages to numbers that belong to nobody, and keeps the last of them for people to see."""

    def __init__(self, engine: Engine, conduct: Callable[[], _Conduct], clock: Callable[[], int]) -> None:
        self._engine, self._conduct, self._clock = engine, conduct, clock

    def send(self, sms: str, phone: str, text: str) -> None:
        state = self._conduct().sms.state
        if state == "down":
            raise SmsGatewayDown("the gateway does not answer (sandbox)")
        if not phone.startswith(NOBODYS):
            raise SmsRefused(f"the sandbox sends to numbers that begin with {NOBODYS} alone")
        if state == "failing":
            raise SmsNotTaken("the gateway is busy (sandbox)")
        try:
            self._keep(sms, phone, text)
        except RecordsRefused as refused:
            raise SmsRefused(f"not to be written down: {refused}") from None

    def _keep(self, sms: str, phone: str, text: str) -> None:
        c = t.sms_sandbox.c
        kept = select(c.at_ms).order_by(c.at_ms.desc()).offset(_KEPT_TEXTS).limit(1).scalar_subquery()
        with available(), self._engine.begin() as db:
            insert_once(db, t.sms_sandbox, {"id": sms, "phone": phone, "text": text, "at_ms": self._clock()})
            db.execute(delete(t.sms_sandbox).where(c.at_ms <= kept))


class SandboxJointPlatform:
    """Takes all that it is given, and answers all feedback with the one text that the file has; none while it is ""."""

    def __init__(self, conduct: Callable[[], _Conduct]) -> None:
        self._conduct = conduct
        self.reports: dict[str, Mapping[str, Any]] = {}
        self.feedback: dict[str, Mapping[str, Any]] = {}

    def report(self, number: str, decision: Mapping[str, Any]) -> str:
        self._be_there()
        self.reports[number] = decision
        return f"ZJ-{number}"

    def give_feedback(self, number: str, feedback: Mapping[str, Any]) -> str:
        self._be_there()
        self.feedback[number] = feedback
        return f"ZJ-{number}"

    def answers(self, references: Sequence[str]) -> Mapping[str, PlatformAnswer]:
        text = self._be_there().answer
        return {one: PlatformAnswer(f"{one}-R", text) for one in references} if text else {}

    def _be_there(self) -> _JointPlatform:
        conduct = self._conduct().joint_platform
        if conduct.down:
            raise LookupUnavailable("the joint platform does not answer (sandbox)")
        return conduct


class SandboxPayments:
    """Decides at once, by the amount: one that ends in 13 fen fails, one in 14 fen waits for the call-back."""

    name = "sandbox"

    def __init__(self, conduct: Callable[[], _Conduct]) -> None:
        self._conduct = conduct
        self._secret = secrets.token_bytes(32)

    def open(self, order: str, amount_fen: int) -> tuple[str, PaymentStep]:
        self._be_there()
        digest = hashlib.sha256(order.encode()).hexdigest()[:24]
        reference = f"sandbox-{digest}-{amount_fen % 100:02d}"
        return reference, self.step(reference)

    def step(self, reference: str) -> PaymentStep:
        self._be_there()
        ending = int(reference[-2:])
        return "failed" if ending == _FAILS else "created" if ending == _UNDECIDED else "paid"

    def refund(self, reference: str) -> str:
        self._be_there()
        return f"{reference}-back"

    def call_back(self, reference: str, state: PaymentStep) -> tuple[bytes, str]:
        """What the provider would send: the body and its signature."""
        body = json.dumps({"reference": reference, "state": state}).encode()
        return body, self._sign(body)

    def told(self, body: bytes, signature: str) -> tuple[str, PaymentStep] | None:
        if not hmac.compare_digest(self._sign(body).encode(), signature.encode()):
            return None
        said = json.loads(body)
        return said["reference"], said["state"]

    def _sign(self, body: bytes) -> str:
        return hmac.new(self._secret, body, hashlib.sha256).hexdigest()

    def _be_there(self) -> None:
        if self._conduct().payments.down:
            raise LookupUnavailable("the payment provider does not answer (sandbox)")
