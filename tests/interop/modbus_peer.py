"""A pymodbus server for our masters to ask: on TCP, or at the other end of a null modem cable."""

import asyncio
import contextlib
import threading
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

from pymodbus.constants import ExcCodes
from pymodbus.pdu import ModbusPDU
from pymodbus.server import ModbusSerialServer, ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from firmware_bridge.links.pseudo_terminal import PseudoTerminal

ENOUGH_S = 10.0
DEAD = 40  # the unit that the serial server keeps quiet for


def registers(address: int, *values: int) -> SimData:
    return SimData(address, values=list(values), datatype=DataType.REGISTERS)


def bits(address: int, *values: bool) -> SimData:
    return SimData(address, values=list(values), datatype=DataType.BITS)


def device(
    unit: int,
    *,
    coils: SimData | None = None,
    inputs: SimData | None = None,
    holding: SimData | None = None,
    input_registers: SimData | None = None,
    refuses: ExcCodes | None = None,
) -> SimDevice:
    """What is not given has one cell far away, because pymodbus wants one."""
    far_bit, far_register = bits(60000, False), registers(60000, 0)
    blocks = ([coils or far_bit], [inputs or far_bit], [holding or far_register], [input_registers or far_register])

    async def refuse(*_: Any) -> ExcCodes | None:
        return refuses

    return SimDevice(id=unit, simdata=blocks, action=refuse)


class Peer:
    """A pymodbus server in a loop of its own, and the function codes it was asked."""

    def __init__(self) -> None:
        self.functions: list[int] = []
        self.port = 0

    def trace(self, sending: bool, pdu: ModbusPDU) -> ModbusPDU:
        if not sending:
            self.functions.append(pdu.function_code)
        return pdu


def without_dead_unit(sending: bool, packet: bytes) -> bytes:
    """pymodbus answers for units that it has not; on a serial line they are silent."""
    return b"" if sending and packet[:1] == bytes([DEAD]) else packet


@contextlib.contextmanager
def served(peer: Peer, start: Callable[[], Awaitable[Any]]) -> Iterator[Peer]:
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        server = asyncio.run_coroutine_threadsafe(_started(start), loop).result(ENOUGH_S)
        if sockets := getattr(server.transport, "sockets", None):
            peer.port = sockets[0].getsockname()[1]
        yield peer
        asyncio.run_coroutine_threadsafe(server.shutdown(), loop).result(ENOUGH_S)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.run_until_complete(asyncio.sleep(0.05))  # what the server closed says so once more
        loop.close()


async def _started(start: Callable[[], Awaitable[Any]]) -> Any:
    server = await start()
    await server.serve_forever(background=True)
    return server


@contextlib.contextmanager
def tcp_server(*devices: SimDevice) -> Iterator[Peer]:
    peer = Peer()

    async def start() -> ModbusTcpServer:
        return ModbusTcpServer(list(devices), address=("127.0.0.1", 0), trace_pdu=peer.trace)

    with served(peer, start):
        yield peer


@contextlib.contextmanager
def serial_server(*devices: SimDevice) -> Iterator[tuple[Peer, str]]:
    """The server on one end of a null modem cable, and the path of the other end."""
    peer = Peer()
    with null_modem() as (far, near):

        async def start() -> ModbusSerialServer:
            return ModbusSerialServer(
                list(devices), port=far, baudrate=9600, trace_pdu=peer.trace, trace_packet=without_dead_unit
            )

        with served(peer, start):
            yield peer, near


@contextlib.contextmanager
def null_modem() -> Iterator[tuple[str, str]]:
    with PseudoTerminal() as one, PseudoTerminal() as other, running(lambda: carry(one, other)):
        yield str(one.path), str(other.path)


def carry(one: PseudoTerminal, other: PseudoTerminal) -> None:
    other.write(one.read(0.002))
    one.write(other.read(0.002))


@contextlib.contextmanager
def running(step: Callable[[], None]) -> Iterator[None]:
    """Call `step` again and again beside the test."""
    stopping = threading.Event()

    def run() -> None:
        while not stopping.is_set():
            step()

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()
