"""The environment, top to bottom: settings, platform, manifests, workloads, release, outputs."""

from pathlib import Path

import pulumi

from components.release import Release
from components.workloads import register
from infra.platform import platform
from infra.program import program
from onestack import settings as stack_settings
from onestack.declaration import declared
from onestack.rendering.options import on_path

ROOT = Path(__file__).resolve().parent
PROJECT, STACK = pulumi.get_project(), pulumi.get_stack()

with program():
    settings = stack_settings.from_engine(STACK, pulumi.Config("onestack").get)
    cluster = platform(settings, ROOT, PROJECT)
    manifests = declared(ROOT, settings, project=PROJECT, tools=on_path).manifests
    workloads = register(manifests, cluster.provider)
    release = Release(
        manifests,
        workloads,
        cluster.provider,
        connect=cluster.connect,
        project=PROJECT,
        stack=STACK,
        timeout_seconds=settings.readiness.timeout_seconds,
    )

    pulumi.export("cluster", cluster.identifier)
    pulumi.export("objects", len(manifests))
    pulumi.export("release", release.digest)
