from types import SimpleNamespace
from typing import Any

import pytest

from edge.domain.visits.questions import Said
from edge.web.catalogue import merged


def module(name: str, **words: Said) -> Any:
    return SimpleNamespace(__name__=name, WORDS=words)


def test_modules_make_one_catalogue_and_a_key_that_stands_twice_is_named_with_its_module() -> None:
    one, other = module("one", yes=Said("是", "yes")), module("other", no=Said("否", "no"))
    assert merged([one, other]) == {"yes": Said("是", "yes"), "no": Said("否", "no")}
    with pytest.raises(ValueError, match="again: these words stand twice: yes"):
        merged([one, other, module("again", yes=Said("对", "right"))])
