"""The environment, top to bottom: settings, platform, manifests, workloads, release, outputs."""

from pathlib import Path

import pulumi

from components.release import Release
from components.workloads import Registry
from infra.platform import platform
from infra.program import program
from onestack import settings as stack_settings
from onestack.declaration import declared
from onestack.manifests.aliases import Aliases
from onestack.rendering.options import on_path

ROOT = Path(__file__).resolve().parent
PROJECT, STACK = pulumi.get_project(), pulumi.get_stack()

with program():
    settings = stack_settings.from_engine(STACK, pulumi.Config("onestack").get)
    cluster = platform(settings, ROOT, PROJECT)
    declaration = declared(ROOT, settings, project=PROJECT, tools=on_path)
    registry = Registry(
        cluster.provider,
        aliases=Aliases(declaration.applied, settings.manifests.custom_kinds()),
        hook_seconds=settings.readiness.timeout_seconds,
    )
    workloads = registry.register(declaration.manifests, declaration.needs)
    release = Release(
        declaration.manifests,
        workloads,
        cluster.provider,
        connect=cluster.connect,
        project=PROJECT,
        stack=STACK,
        timeout_seconds=settings.readiness.timeout_seconds,
        after=declaration.after,
    )
    registry.register(declaration.after, declaration.needs, behind=[release.record])

    pulumi.export("cluster", cluster.identifier)
    pulumi.export("objects", len(declaration.applied))
    pulumi.export("release", release.digest)
