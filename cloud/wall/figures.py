"""The wall's numbers for programs: worked out by the view that the page is drawn from, so that both say the same."""

from pydantic import BaseModel

from cloud.domain.picture import Picture
from cloud.wall.parts import Card
from cloud.wall.view import wall_view


class FacilityFigures(BaseModel):
    """`stale`: nothing was heard for too long. `beds_…` null: it has none."""

    id: str
    stale: bool
    devices_online: int
    devices: int
    beds_occupied: int | None
    beds_total: int | None
    checkins_today: int
    open_alarms: int


class WallFigures(BaseModel):
    """`devices_online` counts no facility that is stale."""

    at_ms: int
    devices_online: int
    devices: int
    open_alarms: int
    checkins_today: int
    readings_per_minute: int
    facilities: list[FacilityFigures]


def figures(picture: Picture) -> WallFigures:
    wall = wall_view(picture, cards_shown=len(picture.facilities))
    head = wall.headline
    return WallFigures(
        at_ms=wall.at_ms,
        devices_online=head.devices_online,
        devices=head.devices,
        open_alarms=head.open_alarms,
        checkins_today=head.checkins_today,
        readings_per_minute=head.readings_per_minute,
        facilities=[_of(card) for card in wall.cards],
    )


def _of(card: Card) -> FacilityFigures:
    return FacilityFigures(
        id=card.id.removeprefix("f-"),
        stale=card.stale,
        devices_online=card.devices_online,
        devices=card.devices,
        beds_occupied=card.beds.occupied if card.beds else None,
        beds_total=card.beds.total if card.beds else None,
        checkins_today=card.checkins_today,
        open_alarms=card.open_alarms,
    )
