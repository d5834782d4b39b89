"""The mark of an earlier release goes before anything of another one is done."""

from __future__ import annotations

from typing import Any, cast

import pytest

from onestack.errors import ApiError
from onestack.kube.client import Client
from onestack.manifests import record
from onestack.wait import begin, found


class Server:
    """Stands in for a client: ``answers`` by path, and the patches that were sent."""

    def __init__(self, **answers: Any) -> None:
        self.answers, self.patches = answers, list[Any]()

    async def request(self, method: str, path: str, *, body: Any = None, **_: Any) -> Any:
        if method == "PATCH":
            self.patches.append(body)
            return {}
        answer = self.answers["record" if "configmaps" in path else "namespace"]
        if isinstance(answer, int):
            raise ApiError(answer, "", "no")
        return answer


def live(digest: str, ready: str) -> dict[str, Any]:
    """A record that was seen ready."""
    return {"metadata": {"annotations": {record.READY: ready}}, "data": {"digest": digest}}


@pytest.mark.parametrize(
    ("held", "digest", "patches"),
    [
        (live("d1", "d1"), "d1", []),
        (live("d1", "d1"), "d2", [{"metadata": {"annotations": {record.READY: None}}}]),
        (live("d2", "d1"), "d1", [{"metadata": {"annotations": {record.READY: None}}}]),
        ({"metadata": {}, "data": {"digest": "d1"}}, "d2", []),
        (None, "d1", []),
    ],
    ids=["the same", "another", "back to one that was", "not marked", "none"],
)
async def test_the_mark_goes(held: Any, digest: str, patches: list[Any]) -> None:
    server = Server()
    await begin(cast(Client, server), "test", record.Found(record=held), digest)
    assert server.patches == patches


async def test_only_what_is_not_there_counts_as_nothing() -> None:
    server = Server(namespace=403, record=404)
    assert await found(cast(Client, server), "test") == record.Found()
    for answers in ({"namespace": 500, "record": 404}, {"namespace": 404, "record": 403}):
        with pytest.raises(ApiError):
            await found(cast(Client, Server(**answers)), "test")
