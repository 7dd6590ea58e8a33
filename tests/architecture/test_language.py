"""Names and paths: a file is named after what it is, and no file knows the machine it was written on."""

import re
from pathlib import Path

from tests.architecture.tree import ROOT, project_files, text_lines

NAMELESS = {"util", "utils", "helper", "helpers", "manager", "managers", "common", "misc"}
# Folders that every machine has: to name one says nothing about this machine.
EVERYWHERE = {"/", "/app", "/home", "/opt", "/root", "/src", "/srv", "/tmp", "/usr/src", "/var/tmp", "/var/lib"}


def _mention_of(folders: set[str]) -> re.Pattern[str] | None:
    telling = sorted(folders - EVERYWHERE)
    return re.compile(r"(?<![\w.\-/*])(?:" + "|".join(map(re.escape, telling)) + r")/") if telling else None


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [str(path) for path in project_files() if path.suffix == ".py" and NAMELESS & {*path.parts, path.stem}] == []


def test_no_file_names_a_path_of_this_machine() -> None:
    mention = _mention_of({str(ROOT), str(ROOT.parent), str(Path.home())})
    assert [f"{place}: {line.strip()}" for place, line in text_lines() if mention and mention.search(line)] == []


def test_a_path_of_the_machine_would_be_found() -> None:
    mention = _mention_of({"/tmp", "/builds/onetrip"})
    assert mention is not None
    assert mention.search('open("/builds/onetrip/seed.txt")')
    assert not mention.search('open("/tmp/seed.txt"); "https://example.org/builds/onetrip/"')
