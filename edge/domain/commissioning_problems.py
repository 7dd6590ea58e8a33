"""The named errors of a commissioning (验收): the same in the command line, the terminal UI, the device console and the
signed record.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple


class Problem(NamedTuple):
    """What is wrong, and what to try."""

    zh: str
    en: str
    try_zh: str
    try_en: str


PROBLEMS: Mapping[str, Problem] = {
    "no_port": Problem(
        "端口打不开", "the port cannot be opened",
        "检查供电、插头和线缆；用 onetrip devices --usb 核对 link",
        "check power, plug and cable; compare link with onetrip devices --usb"),
    "busy": Problem(
        "端口被别的程序占用", "another program has the port",
        "关掉串口助手或第二个代理", "close the serial tool or the second agent that has it open"),
    "no_access": Problem(
        "没有权限打开端口", "this user may not open the port",
        "把运行代理的用户加入 dialout 组；HID 设备装 udev 规则",
        "add the agent's user to the group dialout; a HID device needs a udev rule"),
    "drill": Problem(
        "设备上正在演练", "a drill is on at this device",
        "等演练结束，或用 onetrip drill ID --stop 结束它",
        "wait for its end, or end it with onetrip drill ID --stop"),
    "no_answer": Problem(
        "设备没有应答", "the device does not answer",
        "检查供电、收发线、485 的 A/B 和设备地址",
        "check power, the RX and TX wires, A and B of RS-485, and the device's address"),
    "wrong_baud": Problem(
        "只收到乱码", "only garbage arrives",
        "核对波特率、校验位、停止位与铭牌；再查 485 的 A/B 是否接反",
        "compare baud, parity and stop bits with the plate; then look whether A and B are swapped"),
    "bad_checksum": Problem(
        "帧的校验错", "frames arrive damaged",
        "远离动力线，接好屏蔽和终端电阻，缩短线缆",
        "keep away from power lines, connect shield and terminator, shorten the cable"),
    "device_fault": Problem(
        "设备报告故障", "the device answers with an error",
        "看设备自己的指示灯和驱动的文档", "look at the device's own lamps and its driver's page"),
    "duplicate": Problem(
        "同一台设备已登记为别的编号", "the same device is known by another id",
        "核对铭牌序列号；接错的线换回来", "compare the serial number on the plate; put swapped cables right"),
    "no_values": Problem(
        "设备有应答但没有读数", "the device answers but tells no value",
        "核对型号和 options；看驱动的文档", "compare its model with options; see the driver's page"),
    "implausible": Problem(
        "读数在物理上不可能", "a value is physically impossible",
        "核对型号和 options；探头可能断线", "compare its model with options; the probe may be broken"),
    "out_of_limits": Problem(
        "读数超出该设备的 limits", "a value is outside this device's limits",
        "等它达到工作状态再验收，或改 limits", "wait until it works as it shall, or mend limits"),
    "stuck": Problem(
        "读数一直不变", "the values never change",
        "换一个探头，或断电重启设备", "change the probe, or switch the device off and on"),
    "not_proven": Problem(
        "没有在时限内触发", "it did not do what it is for in time",
        "再试一次；换电池，核对编码和安装位置",
        "try again; change its battery, compare its code and where it is mounted"),
    "no_cloud": Problem(
        "现在到不了云端", "the cloud cannot be reached now",
        "检查网络和 uplink.broker；事件留在本机，连上后补传，再验收一次",
        "check the network and uplink.broker; events wait here and follow; then commission again"),
    "not_confirmed": Problem(
        "技术员未确认名称、位置和标签", "the technician did not confirm name, place and label",
        "改设施文件或重贴标签，再验收", "mend the facility file or the label, and commission again"),
    "unknown": Problem(
        "代理拒绝了请求", "the agent refused",
        "看说明和代理的日志", "read what it says, and the agent's log"),
}  # fmt: skip

_NO_ACCESS, _BUSY = {1, 13}, {11, 16, 98}  # EPERM, EACCES; EAGAIN (the lock), EBUSY, EADDRINUSE
_ERRNO = re.compile(r"\[Errno (\d+)\]")


def port_problem(reason: str) -> str:
    """Why a port is closed, by the reason that it gives."""
    numbers = {int(number) for number in _ERRNO.findall(reason)}
    if numbers & _NO_ACCESS:
        return "no_access"
    return "busy" if numbers & _BUSY else "no_port"
