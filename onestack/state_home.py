"""Where a cloud stack's state lives and what keeps it safe, as values. Pure.

A Google bucket with the engine's state and a key of Cloud KMS that secrets in it are encrypted with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Protocol

LABELS: Final[Mapping[str, str]] = {"managed-by": "onestack", "purpose": "pulumi-state"}
SOFT_DELETE_DAYS: Final = 30
KEPT_VERSIONS: Final = 100
"""An older version of an object goes only when there are this many newer ones ..."""
KEPT_DAYS: Final = 30
"""... and it has not been the current one for this many days."""
ROTATION_DAYS: Final = 90
DESTROY_DAYS: Final = 30
ENFORCED: Final = "enforced"
PURPOSE: Final = "ENCRYPT_DECRYPT"
ENABLED: Final = "ENABLED"

DAY: Final = 24 * 3600
"""Seconds."""


class Place(Protocol):
    """What of a stack's settings says where it is."""

    @property
    def project(self) -> str:
        """The Google Cloud project's id."""

    @property
    def region(self) -> str:
        """A region of Google Cloud, such as ``europe-west4``."""


@dataclass(frozen=True)
class StateHome:
    """``bucket`` holds the state of any number of stacks; ``key`` is in ``key_ring``, both in ``region``."""

    project: str
    region: str
    bucket: str
    key_ring: str = "onestack"
    key: str = "state"

    @property
    def backend(self) -> str:
        """The address of the state, for ``PULUMI_BACKEND_URL``."""
        return f"gs://{self.bucket}"

    @property
    def key_ring_name(self) -> str:
        """The key ring's full name."""
        return f"projects/{self.project}/locations/{self.region}/keyRings/{self.key_ring}"

    @property
    def key_name(self) -> str:
        """The key's full name."""
        return f"{self.key_ring_name}/cryptoKeys/{self.key}"

    @property
    def secrets_provider(self) -> str:
        """What the engine encrypts secrets with, for ``secretsprovider`` in the stack's file."""
        return f"gcpkms://{self.key_name}"


def state_home(place: Place, bucket: str | None = None) -> StateHome:
    """The home of the state of all stacks of a project; ``bucket`` is a name of the team's own.

    A project of a domain (``example.com:shop``) has characters that a bucket's name can't have
    (https://cloud.google.com/storage/docs/buckets#naming).
    """
    own = place.project.replace(":", "-").replace(".", "-")
    return StateHome(place.project, place.region, bucket or f"{own}-onestack-state")


@dataclass(frozen=True)
class Bucket:
    """What is known of a bucket. Durations are seconds; 0 where there is none.

    ``generation`` is the version of these very settings: they are changed only if it is still that one.
    """

    name: str
    location: str
    versioned: bool
    uniform_access: bool
    public_access_prevention: str
    soft_delete: int
    retention: int
    rules: tuple[Mapping[str, Any], ...]
    labels: Mapping[str, str]
    generation: str


@dataclass(frozen=True)
class Key:
    """What is known of a key. Durations are seconds; 0 where there is none.

    ``state`` is that of the version that it encrypts with; empty where it has none.
    """

    name: str
    purpose: str
    state: str
    rotation: int
    destroy: int
    labels: Mapping[str, str]


@dataclass(frozen=True)
class Difference:
    """One thing that is not as it is wanted.

    ``change`` is what mends it, in the words of Google's interface; empty where it is for people to
    decide, who find in ``hint`` how. ``grave`` says that state or secrets are at risk until they did.
    """

    what: str
    wanted: str
    found: str
    change: Mapping[str, Any] = field(default_factory=dict)
    hint: str = ""
    grave: bool = False
