"""Which values a verb must not say, and that none is kept where everybody can read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from onestack import engine, stack_secrets
from onestack.errors import PublicSecrets
from onestack.manifests.manifest import Manifest
from onestack.manifests.secrets import names_of, unnamed
from onestack.masking import Mask
from onestack.progress import Discreet
from onestack.stack import Stack


def private(stack: Stack) -> None:
    """Refuses secrets under a passphrase that everybody knows, but on this machine's own cluster.

    Raises: PublicSecrets.
    """
    found = stack_secrets.from_file(stack.repository.root, stack.settings.stack)
    shared = stack.settings.platform != "embedded"
    real = shared and stack.workspace.simulation is None
    if found and found.encrypted and found.by_passphrase and stack.workspace.public and real:
        raise PublicSecrets(found.stack, found.file)


@contextmanager
def hiding(stack: Stack, progress: Discreet, manifests: Sequence[Manifest] = ()) -> Iterator[None]:
    """Has the stack's secrets decrypted, while something else goes on, and then masks them.

    Not those that are names among the manifests: every other line says them.

    Raises: EngineFailed where they can't be decrypted.
    """
    found = stack_secrets.from_file(stack.repository.root, stack.settings.stack)
    if found is None or not found.encrypted or stack.workspace.simulation is not None:
        yield
        return
    with ThreadPoolExecutor(max_workers=1) as beside:
        values = beside.submit(engine.secrets, stack.workspace)
        try:
            yield
        finally:
            progress.hide(Mask(unnamed(values.result(), names_of(manifests))))
