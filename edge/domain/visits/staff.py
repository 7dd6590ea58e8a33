"""Members of staff (工作人员) at the desk: who they are, and what each role may decide."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Role = Literal["clerk", "registrar", "nurse", "attendant", "manager"]
"""窗口人员, 登记员, 护理员, 服务员 or 值班员, 管理人员."""
ROLES: tuple[Role, ...] = get_args(Role)

_DECIDE: Mapping[str, Collection[Role]] = {"marriage": ("registrar", "manager"), "divorce": ("registrar", "manager")}
_PERMIT: Collection[Role] = ("clerk", "manager")
_TAKES_IN: Collection[Role] = ("attendant", "manager")


@dataclass(frozen=True, slots=True)
class Staff:
    """`number`: what events carry, never a name. `mark` differs after each change of the password."""

    number: str
    name: str
    role: Role
    mark: str = ""

    def may_decide(self, matter: str) -> bool:
        """Registrations are a registrar's (婚姻登记员); other matters anybody's who works at the desk."""
        return self.role in _DECIDE.get(matter, ROLES)

    @property
    def may_sign_permits(self) -> bool:
        return self.role in _PERMIT

    @property
    def may_take_in(self) -> bool:
        """求助登记 at the relief station."""
        return self.role in _TAKES_IN
