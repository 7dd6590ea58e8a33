"""A camera that comes or goes in the middle of a visit changes nothing of what was said before."""

from pathlib import Path

from tests.unit.edge.services.visits.counter_hall import CARD, Hall, Visitor


def test_a_camera_that_goes_after_the_check_leaves_it_a_check(tmp_path: Path) -> None:
    hall = Hall(tmp_path)
    visitor = Visitor(hall)
    visitor.says(chosen="now")
    hall.visits.on_card(CARD)
    visitor.says(way="yes")
    hall.visits.give(visitor.session, "who.face", {"result": "match", "attempts": 1})
    assert visitor.at == "sign"
    hall.camera = False
    hall.visits.extend(visitor.session)
    hall.visits.set_look(visitor.session, hall.visits.view(visitor.session).look)
    assert "who.face" in [question.name for question in hall.visits.view(visitor.session).asked]
    hall.store.close()


def test_a_camera_that_goes_before_anybody_chose_is_not_offered(tmp_path: Path) -> None:
    hall = Hall(tmp_path)
    visitor = Visitor(hall)
    hall.camera = False
    visitor.says(chosen="now")
    hall.visits.on_card(CARD)
    assert visitor.at == "sign"
    hall.store.close()


def test_a_camera_that_comes_asks_nobody_back(tmp_path: Path) -> None:
    hall = Hall(tmp_path, camera=False)
    visitor = Visitor(hall)
    visitor.says(chosen="now")
    hall.visits.on_card(CARD)
    hall.camera = True
    hall.visits.set_look(visitor.session, hall.visits.view(visitor.session).look)
    assert visitor.at == "sign"
    hall.store.close()
