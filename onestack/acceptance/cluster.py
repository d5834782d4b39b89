"""The live cluster as tests ask for it: plain calls that return plain objects."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, TypeVar

from onestack.errors import ApiError, KindUnknown
from onestack.kube.client import Client
from onestack.kube.connection import connect
from onestack.kube.discovery import ApiResource, Discovery

T = TypeVar("T")
Live = dict[str, Any]

USER_AGENT: Final = "onestack-acceptance"
SIMULATED: Final = "onestack.dev/kubernetes-version"
"""The annotation of nodes that only look as if they ran pods."""
_NOT_FOUND: Final = 404
_LOOK_SECONDS: Final = 0.5


class Cluster:
    """A synchronous client of one cluster; a context manager.

    Kinds are named as in a manifest; ``api_version`` is needed only where two groups have the kind.
    """

    def __init__(self, kubeconfig: str | Path, context: str | None = None) -> None:
        self._client = Client(connect(Path(kubeconfig), context), user_agent=USER_AGENT)
        self._discovery = Discovery(self._client)
        # A loop of its own: a test may run one itself.
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        self._now(self._client.__aenter__())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._now(self._client.__aexit__(kind, error, trace))
        self._now(asyncio.sleep(0))  # connections close in the loop's next turn
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def get(
        self, kind: str, name: str, namespace: str | None = None, *, api_version: str | None = None
    ) -> Live:
        """One object. Raises: LookupError where there is none; KindUnknown, ApiError, ClusterUnreachable."""
        path = self._kind(kind, api_version).path(namespace, name)
        try:
            return self._now(self._client.request("GET", path))
        except ApiError as error:
            if error.status != _NOT_FOUND:
                raise
        raise LookupError(f"there is no {kind} {namespace + '/' if namespace else ''}{name}")

    def list(
        self,
        kind: str,
        namespace: str | None = None,
        *,
        labels: Mapping[str, str] | None = None,
        api_version: str | None = None,
    ) -> list[Live]:
        """The objects of a kind, of one namespace or of all, with these labels.

        Raises: KindUnknown, ApiError, ClusterUnreachable.
        """
        resource = self._kind(kind, api_version)
        selector = ",".join(f"{key}={value}" for key, value in (labels or {}).items())
        params = {"labelSelector": selector} if selector else {}
        answer = self._now(self._client.request("GET", resource.path(namespace), params=params))
        return [{"apiVersion": resource.api_version, "kind": kind} | one for one in answer.get("items") or ()]

    def logs(self, pod: str, namespace: str, container: str | None = None) -> str:
        """What a pod's container has written; the caller names it where there are several.

        Raises: ApiError, ClusterUnreachable; where pods are simulated there are none.
        """
        path = self._kind("Pod", "v1").path(namespace, pod, "log")
        params = {"container": container} if container else {}
        return self._now(self._client.text(path, params=params))

    def wait_until(self, condition: Callable[[], T], *, seconds: float = 60.0, what: str = "") -> T:
        """What ``condition`` returns as soon as that is true, asked twice a second.

        A LookupError of its is as good as false. Raises: TimeoutError after ``seconds``.
        """
        began, last = time.monotonic(), ""
        while True:
            try:
                if found := condition():
                    return found
            except LookupError as error:
                last = str(error)
            if time.monotonic() - began >= seconds:
                raise TimeoutError(
                    f"{what or 'the condition'} did not come true within {seconds:g} s; {last}"
                )
            time.sleep(_LOOK_SECONDS)

    @property
    def simulated(self) -> bool:
        """Whether no pod runs: all nodes only look as if they did."""
        nodes = self.list("Node", api_version="v1")
        return bool(nodes) and all(SIMULATED in (node["metadata"].get("annotations") or {}) for node in nodes)

    def _kind(self, kind: str, api_version: str | None) -> ApiResource:
        if api_version is not None:
            return self._now(self._discovery.find(api_version, kind))
        for again in (False, True):
            if again:
                self._now(self._discovery.refresh())
            served = [one for one in self._now(self._discovery.all()) if one.kind == kind]
            # The first of each group is the one that the server prefers; the core group comes first.
            if served:
                return served[0]
        raise KindUnknown(api_version or "", kind)

    def _now(self, question: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(question, self._loop).result()
