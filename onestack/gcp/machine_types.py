"""Google's machine types that can be nodes, as of November 2026. Pure.

From https://cloud.google.com/compute/docs/machine-resource. Newer ones are named in a stack's settings, under
``onestack:gcp.knownMachineTypes``. Those with less memory than a node needs (``f1-micro``, ``g1-small``,
``e2-micro``) are left out: GKE refuses them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_SIZES: Final[Mapping[str, str]] = {
    # family and class: sizes in virtual CPUs
    "a2-highgpu": "1g 2g 4g 8g",
    "a2-megagpu": "16g",
    "a2-ultragpu": "1g 2g 4g 8g",
    "a3-edgegpu": "8g",
    "a3-highgpu": "1g 2g 4g 8g",
    "a3-megagpu": "8g",
    "a3-ultragpu": "8g",
    "a4-highgpu": "8g",
    "c2-standard": "4 8 16 30 60",
    "c2d-highcpu": "2 4 8 16 32 56 112",
    "c2d-highmem": "2 4 8 16 32 56 112",
    "c2d-standard": "2 4 8 16 32 56 112",
    "c3-highcpu": "4 8 22 44 88 176",
    "c3-highmem": "4 8 22 44 88 176",
    "c3-standard": "4 8 22 44 88 176",
    "c3d-highcpu": "4 8 16 30 60 90 180 360",
    "c3d-highmem": "4 8 16 30 60 90 180 360",
    "c3d-standard": "4 8 16 30 60 90 180 360",
    "c4-highcpu": "2 4 8 16 24 32 48 96 144 192 288",
    "c4-highmem": "2 4 8 16 24 32 48 96 144 192 288",
    "c4-standard": "2 4 8 16 24 32 48 96 144 192 288",
    "c4a-highcpu": "1 2 4 8 16 32 48 64 72",
    "c4a-highmem": "1 2 4 8 16 32 48 64 72",
    "c4a-standard": "1 2 4 8 16 32 48 64 72",
    "c4d-highcpu": "2 4 8 16 32 48 64 96 192 384",
    "c4d-highmem": "2 4 8 16 32 48 64 96 192 384",
    "c4d-standard": "2 4 8 16 32 48 64 96 192 384",
    "e2-highcpu": "2 4 8 16 32",
    "e2-highmem": "2 4 8 16",
    "e2-standard": "2 4 8 16 32",
    "g2-standard": "4 8 12 16 24 32 48 96",
    "h3-standard": "88",
    "m1-megamem": "96",
    "m1-ultramem": "40 80 160",
    "m3-megamem": "64 128",
    "m3-ultramem": "32 64 128",
    "n1-highcpu": "2 4 8 16 32 64 96",
    "n1-highmem": "2 4 8 16 32 64 96",
    "n1-standard": "1 2 4 8 16 32 64 96",
    "n2-highcpu": "2 4 8 16 32 48 64 80 96",
    "n2-highmem": "2 4 8 16 32 48 64 80 96 128",
    "n2-standard": "2 4 8 16 32 48 64 80 96 128",
    "n2d-highcpu": "2 4 8 16 32 48 64 80 96 128 224",
    "n2d-highmem": "2 4 8 16 32 48 64 80 96",
    "n2d-standard": "2 4 8 16 32 48 64 80 96 128 224",
    "n4-highcpu": "2 4 8 16 32 48 64 80",
    "n4-highmem": "2 4 8 16 32 48 64 80",
    "n4-standard": "2 4 8 16 32 48 64 80",
    "t2a-standard": "1 2 4 8 16 32 48",
    "t2d-standard": "1 2 4 8 16 32 48 60",
    "z3-highmem": "88 176",
}
_NAMED: Final = ("e2-small", "e2-medium")
# Of one's own size: family, virtual CPUs, memory in MiB; ``-ext`` has more memory than the family's rule.
_CUSTOM: Final = re.compile(r"(e2|n1|n2|n2d|n4|g2)-custom-([1-9][0-9]{0,2})-([1-9][0-9]{2,6})(-ext)?")
_UNIT_MIB: Final = 256
MACHINE_TYPES: Final = (
    *_NAMED,
    *(f"{name}-{size}" for name, sizes in _SIZES.items() for size in sizes.split()),
)


def fault(machine_type: str) -> str:
    """Why Google would refuse the machine type, or nothing where it is a known one or one of its own size."""
    if machine_type in MACHINE_TYPES:
        return ""
    custom = _CUSTOM.fullmatch(machine_type)
    if custom is None:
        return f"'{machine_type}' is no machine type that onestack knows"
    cpus, memory = int(custom[2]), int(custom[3])
    if memory % _UNIT_MIB:
        return f"'{machine_type}': memory is in steps of {_UNIT_MIB} MiB"
    if cpus > 1 and cpus % 2:
        return f"'{machine_type}': the number of CPUs is 1 or even"
    return ""


# Their disks are of the newer kind only: https://cloud.google.com/compute/docs/disks/hyperdisks
_HYPERDISK: Final = frozenset({"a4", "c4", "c4a", "c4d", "n4"})


def disk_type(machine_type: str) -> str:
    """The kind of boot disk that goes with a machine type: balanced between price and speed."""
    return "hyperdisk-balanced" if machine_type.partition("-")[0] in _HYPERDISK else "pd-balanced"
