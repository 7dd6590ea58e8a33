"""Which reference data a box believes: what people are charged by must carry the city's signature (城市发布签名)."""

import base64

from contract.reference import Snapshot
from contract.reference_signature import is_signed

_MUST_BE_SIGNED = frozenset({"price_list"})


class CitySignature:
    """`key`: of [uplink] city_signing_key, base64 of 32 bytes; "": this box knows no key and believes what comes."""

    def __init__(self, key: str) -> None:
        self._public = base64.b64decode(key)

    def trusts(self, snapshot: Snapshot) -> bool:
        """A dataset that need not be signed may go without a signature, not with a wrong one."""
        if not self._public:
            return True
        if not snapshot.signature:
            return snapshot.dataset not in _MUST_BE_SIGNED
        return is_signed(snapshot, self._public)
