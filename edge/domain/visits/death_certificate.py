"""The code on a death certificate (居民死亡医学证明): its number, and where it tells more, whose it is.

No public standard says what the code holds. Here it is the number alone, or the invented profile SIM-DEATH-1:

    number|name|sex|YYYY-MM-DD         sex 1 male, 2 female (GB/T 2261.1); the day of death
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256

from edge.domain.visits.person import mask_name
from edge.domain.visits.questions import Said

CODE = r"[0-9A-Z]{8,24}(\|[^|]{1,32}\|[012]\|\d{4}-\d{2}-\d{2})?"
_TITLES = {"1": Said("先生", "Mr"), "2": Said("女士", "Ms")}


@dataclass(frozen=True, slots=True)
class Deceased:
    """`name` "" and `sex` "0" where the code tells the number alone."""

    certificate: str
    name: str = ""
    sex: str = "0"
    died: str = ""

    @property
    def said(self) -> Said:
        """How they are spoken of, once: 李* 先生; by the number's end where no name is known."""
        if not self.name:
            return Said(f"证明号尾号 {self.certificate[-4:]}", f"certificate ending in {self.certificate[-4:]}")
        masked, title = mask_name(self.name), _TITLES.get(self.sex)
        return Said(f"{masked} {title.zh}", f"{title.en} {masked}") if title else Said(masked, masked)

    @property
    def token(self) -> str:
        """One and the same for whoever comes about them. The number is not of a person's identity."""
        return sha256(f"death-certificate/{self.certificate}".encode()).hexdigest()

    def as_json(self) -> Mapping[str, str]:
        return asdict(self)


def deceased_of(code: str) -> Deceased:
    """Raises ValueError for a code that is none of these."""
    if re.fullmatch(CODE, code) is None:
        raise ValueError("not the code of a death certificate")
    number, *more = code.split("|")
    return Deceased(number, *more)
