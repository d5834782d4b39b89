"""The environment, top to bottom: settings, platform, manifests, workloads, release, outputs."""

from pathlib import Path

import pulumi

from components.release import Release
from components.workloads import Registry
from infra.platform import platform, provider
from infra.program import program
from infra.work import work
from onestack import settings as stack_settings
from onestack import sources

ROOT = Path(__file__).resolve().parent
PROJECT, STACK = pulumi.get_project(), pulumi.get_stack()


async def environment() -> None:
    """Declares everything that the stack is made of."""
    with program():
        settings = stack_settings.from_engine(STACK, pulumi.Config("onestack").get)
        cluster = await platform(settings, ROOT)
        todo = await work(ROOT, settings, project=PROJECT, connect=cluster.connect)
        objects = provider(cluster, adopting=todo.adopting, keeping=todo.cluster)
        registry = Registry(objects, keeping=todo.keeping)
        await registry.register(todo.inventory.before)
        release = Release(
            todo.inventory,
            objects,
            found=todo.found,
            connect=cluster.connect,
            project=PROJECT,
            stack=STACK,
            timeout_seconds=settings.readiness.timeout_seconds if todo.waits else None,
        )
        await registry.register(todo.inventory.after, behind=[release.record])

        pulumi.export("cluster", cluster.identifier)
        pulumi.export("objects", todo.inventory.objects)
        pulumi.export("release", todo.inventory.digest)
        pulumi.export(sources.OUTPUT, sources.digest(ROOT))


pulumi.run(environment)
