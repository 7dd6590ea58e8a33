"""Every key that tomllib reads has the line on which it was written."""

import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edge.settings.toml_lines import KeyPath, lines_of

FILE = '''\
title = "a # b"            # 1
[facility]                 # 2
"name zh" = "例"           # 3
'[x]'.inner."\\u00e9" = 1  # 4

[[port]]                   # 6
link = """\\
  [[not.a.table]]
  key = 1"""
[[port.device]]            # 10
limits = { "Air/T" = [2.0, # 11
  8.0], b.c = { d = 1 } }  # 12
[[port.device]]            # 13
options.unit = 07:32:00    # 14

  [port.more]              # 16
  list = [                 # 17
    # a comment, with ] and "
    [ 1, 2 ],              # 19
    { k = \'\'\'
three \'\'\'\'\' },            # 20
  ]

[[port]]                   # 24
'''


def paths(value: Any, at: KeyPath = ()) -> Iterator[KeyPath]:
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield (*at, key)
        if isinstance(inner, dict | list):
            yield from paths(inner, (*at, key))


def test_a_file_with_everything_in_it() -> None:
    lines = lines_of(FILE)
    assert lines == {
        ("title",): 1,
        ("facility",): 2,
        ("facility", "name zh"): 3,
        ("facility", "[x]"): 4,
        ("facility", "[x]", "inner"): 4,
        ("facility", "[x]", "inner", "é"): 4,
        ("port",): 6,
        ("port", 0): 6,
        ("port", 0, "link"): 7,
        ("port", 0, "device"): 10,
        ("port", 0, "device", 0): 10,
        ("port", 0, "device", 0, "limits"): 11,
        ("port", 0, "device", 0, "limits", "Air/T"): 11,
        ("port", 0, "device", 0, "limits", "Air/T", 0): 11,
        ("port", 0, "device", 0, "limits", "Air/T", 1): 12,
        ("port", 0, "device", 0, "limits", "b"): 12,
        ("port", 0, "device", 0, "limits", "b", "c"): 12,
        ("port", 0, "device", 0, "limits", "b", "c", "d"): 12,
        ("port", 0, "device", 1): 13,
        ("port", 0, "device", 1, "options"): 14,
        ("port", 0, "device", 1, "options", "unit"): 14,
        ("port", 0, "more"): 16,
        ("port", 0, "more", "list"): 17,
        ("port", 0, "more", "list", 0): 19,
        ("port", 0, "more", "list", 0, 0): 19,
        ("port", 0, "more", "list", 0, 1): 19,
        ("port", 0, "more", "list", 1): 20,
        ("port", 0, "more", "list", 1, "k"): 20,
        ("port", 1): 24,
    }
    assert set(lines) == set(paths(tomllib.loads(FILE)))


@pytest.mark.parametrize("text", ["", "\n", "# only a comment", "a = ''", 'a = ""', "[a]", "a = []", "a = {}"])
def test_small_files(text: str) -> None:
    assert set(lines_of(text)) == set(paths(tomllib.loads(text)))


def test_windows_line_ends_count_once() -> None:
    assert lines_of("a = 1\r\n\r\n[b]\r\nc = 2\r\n") == {("a",): 1, ("b",): 3, ("b", "c"): 4}


# A document made of parts that each know their marker: the line of a key path shows the key, whatever surrounds it.

MARKS = st.integers(0, 10**6)
BREAK = st.sampled_from([" ", "\n", "  # ] } \" '\n", "\t\n\n"])
TEXTS = st.sampled_from(['"a#b"', "'\\'", '"\\""', '"""\n"x" ]\n"""', "'''\n[y]\n'''''", '""', "''", '"""a"""""'])
SCALARS = st.one_of(st.integers(0, 9).map(str), TEXTS, st.sampled_from(["true", "1979-05-27 07:32:00Z", "-inf", "1e3"]))
BARE = st.sampled_from(["{}", '"{} k"', "'{}.k'", '"\\t{}"'])


@st.composite
def arrays(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    return "[" + ",".join(draw(BREAK) + draw(inner) + draw(BREAK) for _ in range(draw(st.integers(0, 3)))) + "]"


@st.composite
def inline_tables(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    return "{" + ",".join(f" {draw(keys())} = {draw(inner)} " for _ in range(draw(st.integers(0, 3)))) + "}"


VALUES: st.SearchStrategy[str] = st.recursive(SCALARS, lambda inner: arrays(inner) | inline_tables(inner), max_leaves=6)


@st.composite
def keys(draw: st.DrawFn) -> str:
    parts = [draw(BARE).format(f"k{draw(MARKS)}") for _ in range(draw(st.integers(1, 3)))]
    return draw(st.sampled_from([".", " . "])).join(parts)


@st.composite
def statements(draw: st.DrawFn) -> str:
    pairs = "".join(f"{draw(keys())} = {draw(VALUES)}{draw(st.sampled_from(['', ' # x']))}\n" for _ in range(2))
    head = draw(st.sampled_from(["[{}]\n", "[ {} ] # x\n", "[[{}]]\n", "[[rows]]\n", "[[rows.inner]]\n", "[rows.t]\n"]))
    return head.format(draw(keys())) + pairs


@given(st.lists(statements(), max_size=5).map("".join))
@example("[[rows]]\n[[rows.inner]]\nk1 = [\n[],\n{ k2.k3 = ''' '''' }]\n[[rows.inner]]\n[[rows]]\n[rows.t]\nk4 = ''\n")
def test_every_path_that_tomllib_reads_has_a_line_that_shows_its_key(text: str) -> None:
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return  # two keys happened to be the same
    lines = lines_of(text)
    assert set(lines) == set(paths(read))
    written = text.split("\n")
    for path, line in lines.items():
        if isinstance(path[-1], str):
            assert path[-1].strip() in written[line - 1]


PIECES = [
    "a",
    "b.c",
    "[",
    "]",
    "[[",
    "]]",
    "{",
    "}",
    "=",
    " = ",
    ",",
    ".",
    "\n",
    "\r\n",
    " ",
    "#",
    '"',
    "'",
    '"""',
    "'''",
]
PIECES += ["\\", "1", "1.5", "true", "é", "[a]\n", "[[a]]\n", "[[a.b]]\n", "x = 1\n", 'y = "z"\n']


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_whatever_tomllib_accepts_is_read_alike(text: str) -> None:
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    assert set(lines_of(text)) == set(paths(read))
