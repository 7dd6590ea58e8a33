"""The documents name everything a user can set or read, name nothing that is gone, and their links lead somewhere."""

import argparse
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel

from contract.acknowledgement import Ack, ack_metric
from contract.command import Command, command_metric
from contract.events.types import TYPES
from contract.metrics import CATALOGUE, Metric
from contract.sparkplug.payload import DataSet, MetricValue
from edge.settings import Profile
from firmware_bridge.registry import find, known
from firmware_bridge.session import BadOption, DeviceSettings
from onetrip.commands import COMMANDS
from tests.architecture.tree import ROOT, project_files

DOCUMENTS = [path for path in project_files() if path.suffix == ".md"]
CODE_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.M | re.S)
HEADING = re.compile(r"^(#+) (.+)$", re.M)


def read(path: str | Path) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def prose(text: str) -> str:
    return CODE_BLOCK.sub("", text)


def sections(path: str) -> dict[str, str]:
    """Heading without backticks -> what stands below it, up to the next heading of any level."""
    parts = re.split(r"^#+ (.+)$", prose(read(path)), flags=re.M)
    return {heading.replace("`", ""): body for heading, body in zip(parts[1::2], parts[2::2], strict=True)}


def rows(section: str) -> list[list[str]]:
    """The tables' rows as cells, without heads."""
    lines = [line for line in section.splitlines() if line.startswith("|")]
    ruled = [i for i, line in enumerate(lines) if re.fullmatch(r"[|\- ]+", line)]
    heads = {*ruled, *(i - 1 for i in ruled)}
    return [[cell.strip() for cell in line[1:-1].split("|")] for i, line in enumerate(lines) if i not in heads]


def first_cells(section: str) -> list[str]:
    """What stands in backticks at the beginning of each row."""
    return [found[1] for row in rows(section) if (found := re.match(r"`([^`]+)`", row[0]))]


# the facility file


def tables(model: type[BaseModel], name: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    """(heading, model) of every table of the facility file: [name], or [[name]] where it may stand several times."""
    for key, field in model.model_fields.items():
        below = f"{name}.{key}" if name else key
        annotation = field.annotation
        inner = next((a for a in get_args(annotation) if isinstance(a, type) and issubclass(a, BaseModel)), None)
        if inner is not None:
            yield f"[[{below}]]", inner
            yield from tables(inner, below)
        elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
            yield f"[{below}]", annotation
            yield from tables(annotation, below)


TABLES = dict(tables(Profile))


@pytest.mark.parametrize("heading", TABLES)
def test_the_facility_files_page_has_every_key_and_its_default(heading: str) -> None:
    fields = TABLES[heading].model_fields
    described = {row[0].strip("`"): row[3] for row in rows(sections("docs/facility-file.md")[heading])}
    assert list(described) == list(fields)
    for key, default in described.items():
        field = fields[key]
        if field.is_required():
            assert default == "required", key
        elif default.startswith("`"):
            stated = tomllib.loads(f"x = {default.strip('`')}")["x"]
            assert stated == (list(field.default) if isinstance(field.default, tuple) else field.default), key
        else:
            assert field.default is None, key


def test_the_facility_files_page_has_no_table_too_many() -> None:
    assert {h for h in sections("docs/facility-file.md") if h.startswith("[")} == set(TABLES)


SAMPLES = [
    (str(path), number, block)
    for path in DOCUMENTS
    for number, (language, block) in enumerate(CODE_BLOCK.findall(read(path)))
    if language == "toml"
]


@pytest.mark.parametrize(("path", "number", "sample"), SAMPLES, ids=[f"{path}-{number}" for path, number, _ in SAMPLES])
def test_every_sample_facility_file_would_be_accepted(path: str, number: int, sample: str) -> None:
    if "[facility]" not in sample:  # a driver's page shows only its port
        head = 'id = "x"\narea = "330803"\nkind = "care_home"\nname_zh = "示"\nname_en = "x"'
        sample = f'[facility]\n{head}\n[store]\ndirectory = "x"\n{sample}'
    profile = Profile.model_validate(tomllib.loads(sample))
    for port in profile.port:
        find(port.driver).session([DeviceSettings(device.id, device.options) for device in port.device])


# the command line


def options_of(parser: argparse.ArgumentParser) -> list[str]:
    """Options by their name, positional arguments as the usage shows them."""
    return [a.option_strings[0] if a.option_strings else str(a.metavar or a.dest).upper() for a in parser._actions]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_the_command_lines_page_has_every_option(command) -> None:  # type: ignore[no-untyped-def]
    parser = argparse.ArgumentParser(add_help=False)
    command.arguments(parser)
    assert first_cells(sections("docs/command-line.md")[f"onetrip {command.name}"]) == options_of(parser)


def test_the_command_lines_page_has_no_command_too_many() -> None:
    named = [h for h in sections("docs/command-line.md") if h.startswith("onetrip ")]
    assert named == [f"onetrip {command.name}" for command in COMMANDS]


# devices


def test_every_driver_has_a_page_that_the_list_links() -> None:
    pages = sorted(path.stem for path in DOCUMENTS if path.parent == Path("docs/devices") and path.stem != "README")
    assert pages == known()
    listing = read("docs/devices/README.md")
    assert [name for name in known() if f"[{name}]({name}.md)" not in listing] == []


@pytest.mark.parametrize("name", known())
def test_a_drivers_page_has_its_speed_metrics_and_options(name: str) -> None:
    driver, page = find(name), read(f"docs/devices/{name}.md")
    assert f"{driver.line.baud} baud" in page
    assert [metric for metric in driver.metrics if f"`{metric}`" not in page] == []
    options = options_of_driver(name)
    assert first_cells(sections(f"docs/devices/{name}.md")["In the facility file"]) == options
    assert bool(options) != ("No options." in page)
    if driver.silence_s is not None:
        assert f"Silence for {driver.silence_s:g} s" in page


def options_of_driver(name: str) -> list[str]:
    """A driver refuses an option it does not know, and says which ones it does."""
    with pytest.raises(BadOption) as refused:
        find(name).session([DeviceSettings("d", {"no-such-option": 1})])
    found = re.search(r"known options: (.+)\)", str(refused.value))
    assert found is not None
    listed = [] if found[1] == "none" else found[1].split(", ")
    order = {
        option: i for i, option in enumerate(first_cells(sections(f"docs/devices/{name}.md")["In the facility file"]))
    }
    return sorted(listed, key=lambda option: order.get(option, len(order)))


# the wire


def test_the_wires_page_has_every_event_type() -> None:
    assert {heading for heading in sections("docs/wire.md") if heading.startswith("onetrip.")} == set(TYPES)


@pytest.mark.parametrize("event_type", TYPES)
def test_the_wires_page_has_every_field_of_an_event(event_type: str) -> None:
    assert sorted(first_cells(sections("docs/wire.md")[event_type])) == sorted(TYPES[event_type].model_fields)


def metric_row(metric: Metric) -> list[str]:
    low = "" if metric.low is None else f"{metric.low:g} …"
    high = "" if metric.high is None else f" {metric.high:g}"
    return [f"`{metric.name}`", metric.datatype.name, metric.unit, low + high, metric.zh, metric.en]


def test_the_wires_page_has_the_metric_catalogue() -> None:
    assert rows(sections("docs/wire.md")["Metrics"]) == [metric_row(metric) for metric in CATALOGUE.values()]


@pytest.mark.parametrize(
    ("heading", "metric"),
    [
        ("Acknowledgement", ack_metric(Ack("", 0, 0), 0)),
        ("Commands", command_metric(Command("", "", "", ""), 0)),
    ],
)
def test_the_wires_page_has_every_column_of_the_data_sets(heading: str, metric: MetricValue) -> None:
    assert isinstance(metric.value, DataSet)
    described = [(row[0].strip("`"), row[1]) for row in rows(sections("docs/wire.md")[heading])]
    assert described == [(c, t.name) for c, t in zip(metric.value.columns, metric.value.types, strict=True)]
    assert f"`{metric.name}`" in sections("docs/wire.md")[heading]


# all documents


def anchors(text: str) -> set[str]:
    """As GitHub makes them: lower case, punctuation dropped, spaces to hyphens."""
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for _, heading in HEADING.findall(prose(text))}


def dead_links(path: Path, text: str) -> list[str]:
    dead = []
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(text)):
        if re.match(r"[a-z]+:", link):
            continue
        place, _, anchor = link.partition("#")
        target = (ROOT / path.parent / place) if place else ROOT / path
        if not target.exists() or (anchor and anchor not in anchors(target.read_text(encoding="utf-8"))):
            dead.append(f"{path}: {link}")
    return dead


def test_no_relative_link_is_dead() -> None:
    assert [link for path in DOCUMENTS for link in dead_links(path, read(path))] == []


def test_a_dead_link_would_be_found() -> None:
    text = "[a](no-such.md) [b](README.md#no-such-heading) [c](https://example.org/x) [d](README.md)"
    assert dead_links(Path("README.md"), text) == ["README.md: no-such.md", "README.md: README.md#no-such-heading"]


def test_every_file_that_a_document_names_exists() -> None:
    tops = {path.parts[0] for path in project_files() if len(path.parts) > 1}
    named = [
        (path, name)
        for path in DOCUMENTS
        for name in re.findall(r"`([\w.\-]+/[\w.\-/]*)`", prose(read(path)))
        if name.split("/")[0] in tops
    ]
    assert named
    assert [f"{path}: {name}" for path, name in named if not (ROOT / name).exists()] == []


def test_the_two_readmes_have_the_same_shape() -> None:
    english, chinese = read("README.md"), read("README.zh-CN.md")
    levels = [[hashes for hashes, _ in HEADING.findall(prose(text))] for text in (english, chinese)]
    assert levels[0] == levels[1]
    blocks = [CODE_BLOCK.findall(text) for text in (english, chinese)]
    assert [language for language, _ in blocks[0]] == [language for language, _ in blocks[1]]
    drawn = "mermaid"  # its labels are in each language's own words
    assert [b for b in blocks[0] if b[0] != drawn] == [b for b in blocks[1] if b[0] != drawn]
    assert [len(rows(body)) for body in re.split(HEADING, english)] == [
        len(rows(body)) for body in re.split(HEADING, chinese)
    ]


def test_decisions_are_numbered_without_a_gap_listed_and_of_one_shape() -> None:
    pages = [path for path in DOCUMENTS if path.parent == Path("docs/adr") and path.stem != "README"]
    assert [path.name[:4] for path in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    assert re.findall(r"\]\((\d{4}-[\w-]+\.md)\)", read("docs/adr/README.md")) == [path.name for path in pages]
    for path in pages:
        assert list(sections(str(path)))[1:] == ["Context", "Decision", "Consequences"], path
