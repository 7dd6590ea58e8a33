"""A collector's doorplates: kept on the device for days, sent when there is a network."""

import argparse
import hashlib
import threading
from pathlib import Path
from typing import Any

from onetrip.commands.command import Command, between

_FIELDS = ("area", "written", "qr", "lon", "lat", "satellites", "hdop", "remark")


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "what", choices=("add", "import", "list", "correct", "sync"), metavar="WHAT",
        help="add, import, list, correct or sync",
    )  # fmt: skip
    parser.add_argument("book", type=Path, metavar="BOOK", help="the collector's book (a file; made when it is new)")
    parser.add_argument("--point", metavar="ID", help="correct: which one, or the end of its id")
    parser.add_argument("--area", metavar="CODE", help="the village, 12 digits")
    parser.add_argument("--written", metavar="TEXT", help="the address as it is read on the plate")
    parser.add_argument("--qr", metavar="TEXT", help="what the plate's QR code says")
    parser.add_argument("--nmea", metavar="SENTENCE", help="where: the receiver's GGA sentence")
    parser.add_argument("--lon", type=float, metavar="DEGREES", help="where: east, instead of --nmea")
    parser.add_argument("--lat", type=float, metavar="DEGREES", help="where: north, instead of --nmea")
    parser.add_argument(
        "--satellites", type=between(0, 100), metavar="N", help="that the receiver sees, with --lon, --lat"
    )
    parser.add_argument("--hdop", type=float, metavar="N", help="the receiver's HDOP, with --lon, --lat")
    parser.add_argument("--manual", action="store_true", help="--lon and --lat were read off a map")
    parser.add_argument("--photo", type=Path, metavar="FILE", help="the picture; its SHA-256 is kept, not the picture")
    parser.add_argument("--ocr", action="store_true", help="read --written off the --photo (extra ocr)")
    parser.add_argument("--remark", metavar="TEXT", help="for the reviewer")
    parser.add_argument("--file", type=Path, metavar="FILE", help="import: points (CSV, UTF-8)")
    parser.add_argument("--url", metavar="URL", help="sync: the city, https://…")
    parser.add_argument("--token", type=Path, metavar="FILE", help="sync: the file with the collector's token")


def _act(arguments: argparse.Namespace, _stopping: threading.Event) -> int:
    from edge.compose.survey import surveying
    from edge.domain.survey import BadPoint

    work = surveying(arguments.book)
    match arguments.what:
        case "add":
            print(f"已保存 kept: {work.add(_filled(arguments)).point}")
        case "correct":
            if not arguments.point:
                raise BadPoint("say which point: --point ID; `list` shows them")
            point = work.correct(arguments.point, _filled(arguments))
            print(f"已更正，待上传 corrected, to be sent: {point.point} ({point.revision})")
        case "import":
            if arguments.file is None:
                raise BadPoint("say what to import: --file FILE")
            points, fresh = work.take_csv(_text(arguments.file))
            print(f"共 {points} 点，新增 {fresh} 点 {points} points, {fresh} of them new")
        case "list":
            _list(work.kept())
        case "sync":
            return _sync(work, arguments)
    return 0


def _filled(arguments: argparse.Namespace) -> dict[str, Any]:
    from edge.domain.survey import BadPoint, fix_of

    told = {name: value for name in _FIELDS if (value := getattr(arguments, name)) is not None}
    if arguments.nmea:
        told |= fix_of(arguments.nmea)
    if arguments.manual:
        told["fix"] = "manual"
    if arguments.photo:
        picture = arguments.photo.read_bytes()
        told["photo"] = hashlib.sha256(picture).hexdigest()
        if arguments.ocr and arguments.written is None:
            from edge.adapters.plate_reading import read_plate

            told["written"] = read_plate(picture)
            print(f"识别为，请核对 read as, look at it: {told['written']}")
    elif arguments.ocr:
        raise BadPoint("--ocr reads a picture: --photo FILE")
    return told


def _text(file: Path) -> str:
    from edge.domain.survey import BadPoint

    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise BadPoint(f"{file}: not UTF-8; save it as CSV UTF-8") from None


def _list(kept: Any) -> None:
    words = {
        "waiting": "待上传 to be sent",
        "taken": "已上传 sent",
        "returned": "退回 sent back",
        "refused": "未收 not taken",
    }
    for one in kept:
        why = " ".join(filter(None, (one.reason, ",".join(one.flags))))
        print(f"{one.point.point} {words[one.standing]} {one.point.written}{'  ' + why if why else ''}")


def _sync(work: Any, arguments: argparse.Namespace) -> int:
    from edge.compose.survey import city
    from edge.domain.survey import BadPoint

    if not (arguments.url and arguments.token):
        raise BadPoint("say where the city is and who you are: --url URL --token FILE")
    done = work.sync(city(arguments.url, arguments.token))
    print(
        f"已上传 {done.sent}，待上传 {done.waiting}，退回待更正 {done.returned}，未收 {done.refused} "
        f"{done.sent} sent, {done.waiting} to be sent, {done.returned} sent back, {done.refused} not taken"
    )
    if done.lost:
        print(f"没有网络，数据都在本机，有网后再同步 no network, all is kept here, sync again later: {done.lost}")
        return 1
    return 0


COMMANDS = (Command("survey", "a collector's doorplates: keep them here, send them later", _arguments, _act, "edge"),)
