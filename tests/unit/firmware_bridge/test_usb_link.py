"""A USB port is found by its serial number or its socket, whatever number the kernel gave it."""

import logging
from pathlib import Path

import pytest

from firmware_bridge.links import BadLink, LinkUnavailable, check_link
from firmware_bridge.links.pseudo_terminal import PseudoTerminal
from firmware_bridge.links.usb import UsbPort, find, list_usb_ports, open_link
from firmware_bridge.session import Line


class Machine:
    """What the kernel shows of its USB serial ports, below a directory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "sys/class/tty").mkdir(parents=True)
        (root / "dev").mkdir()

    def plug(
        self, tty: str, path: str, serial: str = "", vid: str = "0403", pid: str = "6001", product: str = "FT232R"
    ) -> None:
        """A port named by a driver of its own (ttyUSB) lies one folder below the interface; a modem (ttyACM) in it."""
        device = self.root / "sys/devices/pci0/usb1/1-1" / path.partition(":")[0]
        port = device / path / (f"{tty}/tty/{tty}" if tty.startswith("ttyUSB") else f"tty/{tty}")
        port.mkdir(parents=True)
        stated = {"idVendor": vid, "idProduct": pid, "serial": serial, "product": product}
        for name, value in stated.items():
            if value:
                (device / name).write_text(value + "\n")
        (port / "device").symlink_to(port.parents[1])
        (self.root / "sys/class/tty" / tty).symlink_to(port)

    def plug_board_port(self, tty: str) -> None:
        port = self.root / "sys/devices/platform/serial8250/tty" / tty
        port.mkdir(parents=True)
        (port / "device").symlink_to(port.parents[1])
        (self.root / "sys/class/tty" / tty).symlink_to(port)
        (self.root / "sys/class/tty/console").mkdir(exist_ok=True)

    def found(self, place: str) -> str:
        return Path(find(place, self.root).node).name

    def refusal(self, place: str) -> str:
        with pytest.raises(LinkUnavailable) as refused:
            find(place, self.root)
        return str(refused.value).replace(f"{self.root}/", "")


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture
def two(machine: Machine) -> Machine:
    machine.plug_board_port("ttyS0")
    machine.plug("ttyUSB0", "1-1.4:1.0", "FT12345")
    machine.plug("ttyACM0", "1-1.10:1.2", vid="1a86", pid="55D4", product="USB Single Serial")
    return machine


def test_the_list_is_in_the_order_of_the_sockets_and_leaves_out_what_is_not_usb(two: Machine) -> None:
    assert list_usb_ports(two.root) == [
        UsbPort(f"{two.root}/dev/ttyUSB0", "0403:6001", "FT12345", "1-1.4:1.0", "FT232R"),
        UsbPort(f"{two.root}/dev/ttyACM0", "1a86:55D4", "", "1-1.10:1.2", "USB Single Serial"),
    ]


def test_a_machine_without_usb_ports(tmp_path: Path) -> None:
    assert list_usb_ports(tmp_path) == []
    with pytest.raises(LinkUnavailable, match="Plugged in: nothing"):
        find("serial=FT12345", tmp_path)


@pytest.mark.parametrize(
    ("place", "tty"),
    [
        ("serial=FT12345", "ttyUSB0"),
        ("path=1-1.4:1.0", "ttyUSB0"),
        ("path=1-1.4", "ttyUSB0"),
        ("path=1-1.10", "ttyACM0"),
        ("vid=0403,pid=6001", "ttyUSB0"),
        ("vid=1A86,pid=55d4", "ttyACM0"),
        ("vid=0403,pid=6001,serial=FT12345,path=1-1.4:1.0", "ttyUSB0"),
    ],
)
def test_every_way_to_name_a_port(two: Machine, place: str, tty: str) -> None:
    assert two.found(place) == tty


def test_the_kernels_order_does_not_matter(machine: Machine) -> None:
    machine.plug("ttyUSB1", "1-1.1:1.0", "A")
    machine.plug("ttyUSB0", "1-1.2:1.0", "B")
    assert [machine.found("serial=A"), machine.found("serial=B")] == ["ttyUSB1", "ttyUSB0"]


def test_an_absent_port_is_refused_with_what_is_plugged_in_instead(two: Machine) -> None:
    assert two.refusal("serial=FT99999") == (
        "No USB serial port is serial=FT99999; check the plug, or write what is plugged in. Plugged in: "
        "FT12345 (0403:6001, 1-1.4:1.0, dev/ttyUSB0) FT232R; "
        "no serial number (1a86:55D4, 1-1.10:1.2, dev/ttyACM0) USB Single Serial"
    )


def test_a_path_is_not_the_beginning_of_another(machine: Machine) -> None:
    machine.plug("ttyUSB0", "1-1.41:1.0", "A")
    assert machine.refusal("path=1-1.4").startswith("No USB serial port is path=1-1.4;")


def test_two_adapters_with_the_same_serial_number_are_told_apart_by_their_socket(machine: Machine) -> None:
    machine.plug("ttyUSB0", "1-1.1:1.0", "0001")
    machine.plug("ttyUSB1", "1-1.2:1.0", "0001")
    machine.plug("ttyUSB2", "1-1.3:1.0", "0002")
    said = machine.refusal("serial=0001")
    assert said.startswith(
        "2 USB serial ports are serial=0001; add the path of the one that is meant. Plugged in: 0001 ("
    )
    assert "ttyUSB2" not in said
    assert machine.found("serial=0001,path=1-1.2") == "ttyUSB1"
    assert machine.refusal("serial=0001,path=1-1.9").startswith("2 USB serial ports are")


def test_the_serial_number_wins_over_the_path_and_that_is_said_once(
    two: Machine, caplog: pytest.LogCaptureFixture
) -> None:
    place = "serial=FT12345,path=1-1.9:1.0"
    with caplog.at_level(logging.WARNING):
        assert [two.found(place) for _ in range(3)] == ["ttyUSB0"] * 3
    assert caplog.messages == [f"usb://{place}: the unit is in socket 1-1.4:1.0 now; write path=1-1.4:1.0"]


def test_another_unit_in_the_socket_of_the_one_that_is_meant_is_not_taken_for_it(two: Machine) -> None:
    assert two.refusal("serial=FT99999,path=1-1.4:1.0").startswith(
        "No USB serial port is serial=FT99999,path=1-1.4:1.0"
    )


def test_of_a_moved_adapter_with_four_ports_the_same_port_is_meant(machine: Machine) -> None:
    for number in range(4):
        machine.plug(f"ttyUSB{number}", f"1-1.5:1.{number}", "FT4232")
    assert machine.found("serial=FT4232,path=1-1.7:1.2") == "ttyUSB2"
    assert machine.refusal("serial=FT4232").startswith("4 USB serial ports are")


@pytest.mark.parametrize(
    "place",
    [
        "",
        "FT12345",
        "serial=",
        "serial",
        "name=x",
        "vid=403",
        "vid=04zz",
        "path=usb1",
        "path=1-1.4:",
        "serial=A,serial=B",
        "serial=A,",
    ],
)
def test_a_wrong_address_is_refused_before_anything_is_opened(place: str) -> None:
    with pytest.raises(BadLink, match="write one like usb://serial=FT12345"):
        check_link(f"usb://{place}")


@pytest.mark.parametrize("place", ["serial=A-1 b", "path=1-1.4:1.0", "vid=0403,pid=6001,serial=x,path=3-2"])
def test_a_right_address(place: str) -> None:
    check_link(f"usb://{place}")


@pytest.mark.loopback
def test_the_port_is_looked_for_anew_at_every_opening(machine: Machine) -> None:
    with PseudoTerminal() as first, PseudoTerminal() as second:
        for tty, path, terminal in (("ttyUSB0", "1-1.1:1.0", first), ("ttyUSB1", "1-1.2:1.0", second)):
            machine.plug(tty, path, f"unit {tty}")
            (machine.root / "dev" / tty).symlink_to(terminal.path)
        link = open_link("serial=unit ttyUSB1", Line(9600), machine.root)
        second.write(b"here")
        assert link.read(1) == b"here"
        link.close()

        numbers = machine.root / "sys/class/tty"
        places = {tty: (numbers / tty).readlink() for tty in ("ttyUSB0", "ttyUSB1")}
        for tty, other in (("ttyUSB0", "ttyUSB1"), ("ttyUSB1", "ttyUSB0")):  # both pulled out, found in another order
            (numbers / tty).unlink()
            (numbers / tty).symlink_to(places[other])
        link = open_link("serial=unit ttyUSB1", Line(9600), machine.root)
        first.write(b"and here")
        assert link.read(1) == b"and here"
        link.close()


@pytest.mark.loopback
def test_a_port_that_may_not_be_opened_says_what_to_check(two: Machine) -> None:
    with pytest.raises(LinkUnavailable, match="group dialout"):
        open_link("serial=FT12345", Line(9600), two.root)
