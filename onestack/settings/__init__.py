"""The settings of a stack: everything that differs between environments, as one frozen value.

They stand under the ``onestack:`` keys of ``stacks/Pulumi.<stack>.yaml`` and are
read here and nowhere else: from that file (`from_file`) by the command, from the
engine's configuration (`from_engine`) by the program. Both ways give the same value.
"""

from onestack.settings.model import (
    AcceptanceSettings,
    ApplicationSettings,
    CheckSettings,
    DeliverySettings,
    KnownKind,
    KubeconfigSettings,
    ManifestSettings,
    ReadinessSettings,
    RenderingSettings,
    Settings,
)
from onestack.settings.problems import PREFIX
from onestack.settings.reading import STACKS, from_engine, from_file, stack_file, stack_names

__all__ = [
    "PREFIX",
    "STACKS",
    "AcceptanceSettings",
    "ApplicationSettings",
    "CheckSettings",
    "DeliverySettings",
    "KnownKind",
    "KubeconfigSettings",
    "ManifestSettings",
    "ReadinessSettings",
    "RenderingSettings",
    "Settings",
    "from_engine",
    "from_file",
    "stack_file",
    "stack_names",
]
