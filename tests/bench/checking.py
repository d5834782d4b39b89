"""``onestack check`` beside kubeconform, on the same objects, without a control plane."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import yaml

from onestack.manifests.scope import KUBERNETES
from tests.bench import names
from tests.bench.generated import generate
from tests.bench.phases import Phase, Phases, Place
from tests.bench.schemas import LOCATION, write_schemas
from tests.bench.watch import Command

OBJECTS: Final = 2000
STACKS: Final = ("dev", "staging", "prod")


def checking(place: Place) -> Phases:
    """One stack, then three of the same objects, then kubeconform; each must find all of them valid."""
    root = _repository(place.folder / "repository")
    cache = {"ONESTACK_CACHE": str(place.folder / "cache")}
    environment: Mapping[str, str] = place.environment() | cache

    def check(*stacks: str) -> Command:
        return Command((sys.executable, "-m", "onestack", "check", *stacks), root, environment)

    says = f"{OBJECTS} objects: {OBJECTS} valid"
    yield Phase(names.CHECK, check(STACKS[0]), says=says)
    yield Phase(names.CHECK_STACKS, check(*STACKS), says=f"{STACKS[-1]}: {says}")
    yield Phase(names.KUBECONFORM, _kubeconform(place, root / "manifests"), says=f"Valid: {OBJECTS}, ")


def _repository(root: Path) -> Path:
    """All stacks have all objects, of one application."""
    settings = {"onestack:platform": "embedded", "onestack:manifests": {"applications": {"objects": None}}}
    (root / "stacks").mkdir(parents=True)
    (root / "Pulumi.yaml").write_text("name: bench\n")
    for stack in STACKS:
        (root / "stacks" / f"Pulumi.{stack}.yaml").write_text(yaml.safe_dump({"config": settings}))
    (root / "manifests").mkdir()
    generate(OBJECTS).write(root / "manifests" / "objects")
    return root


def _kubeconform(place: Place, manifests: Path) -> Command:
    """With the schemas that onestack takes too, from this disk; refusing unknown fields as onestack does."""
    folder = place.folder / "schemas"
    write_schemas(folder, KUBERNETES)
    schemas = str(folder / LOCATION)
    program = str(place.toolchain.path("kubeconform"))
    given = ("-strict", "-summary", "-schema-location", schemas)
    return Command((program, *given, str(manifests)), place.folder, dict(os.environ))
