"""The sub-commands: their options here, their work in the packages that they import when called."""

import sys

from onetrip.commands import (
    agent,
    bench,
    city,
    cloud,
    configuration,
    demo,
    desk,
    models,
    permit,
    reference,
    survey,
    technician,
)
from onetrip.commands.command import Command

_WRONG_USE, _NOBODY = 2, 3
OURS = ("contract", "firmware_bridge", "edge", "cloud", "dashboards", "simulators", "onetrip")
COMMANDS: tuple[Command, ...] = (
    *demo.COMMANDS,
    *agent.COMMANDS,
    *cloud.COMMANDS,
    *city.COMMANDS,
    *survey.COMMANDS,
    *configuration.COMMANDS,
    *reference.COMMANDS,
    *permit.COMMANDS,
    *desk.COMMANDS,
    *technician.COMMANDS,
    *models.COMMANDS,
    *bench.COMMANDS,
)
EXTRA_OF = {command.name: command.needs for command in COMMANDS}


def user_errors() -> tuple[type[BaseException], ...]:
    """Errors whose text is for the user; only of packages that were loaded."""
    names = (
        ("edge.settings", "BadFacilityFile"),
        ("edge.ports", "StoreUnavailable"),
        ("edge.adapters.sqlite_store", "StoreIsNewer"),
        ("edge.adapters.control_client", "Refused"),
        ("edge.adapters.technician_account", "BadPassword"),
        ("edge.adapters.staff_accounts", "UnknownStaff"),
        ("edge.adapters.face.weights", "NoFaceEngine"),
        ("edge.domain.survey", "BadPoint"),
        ("edge.domain.survey", "CityRefused"),
        ("cloud.settings", "BadSetting"),
        ("cloud.ports", "RecordsUnavailable"),
        ("cloud.ports", "BrokerUnreachable"),
        ("cloud.ports", "BadFile"),
        ("cloud.domain.reference_draft", "BadReferenceFile"),
        ("firmware_bridge.recording", "BadRecording"),
        ("firmware_bridge.session", "BadOption"),
        ("firmware_bridge.registry", "UnknownDriver"),
        ("simulators.demo.city", "CityFailed"),
        ("simulators.fault_schedule", "BadSchedule"),
        ("simulators.run", "UnknownFacility"),
    )
    return (OSError, *(getattr(sys.modules[module], name) for module, name in names if module in sys.modules))


def exit_code(error: BaseException) -> int:
    """2 for what the user can mend in what was typed; 3 when nobody answered."""
    return _NOBODY if type(error).__name__ == "NoFieldProcess" else _WRONG_USE
