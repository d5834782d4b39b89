"""What was lost on a way back, from three looks at a cluster."""

from __future__ import annotations

from typing import Any

import pytest

from onestack.manifests.manifest import Identity
from onestack.trial import Said, WayBack
from onestack.trial.compare import Snapshot, way_back

CLAIM = Identity("", "PersistentVolumeClaim", "shop", "data")
SET = Identity("apps", "StatefulSet", "shop", "database")
WEB = Identity("apps", "Deployment", "shop", "web")
SERVICE = Identity("", "Service", "shop", "web")
DEFINITION = Identity("apiextensions.k8s.io", "CustomResourceDefinition", None, "offers.shop.example.com")


def live(identity: Identity, uid: str = "1", **content: Any) -> dict[str, Any]:
    metadata = {
        "name": identity.name,
        "namespace": identity.namespace,
        "uid": uid,
        "resourceVersion": uid * 3,
    }
    return {"kind": identity.kind, "metadata": metadata, "status": {"seen": uid}, **content}


def seen(*objects: tuple[Identity, dict[str, Any]], **more: Any) -> Snapshot:
    return Snapshot(dict(objects), **more)


BASE = seen((WEB, live(WEB, spec={"replicas": 1})), claims={CLAIM: "1"})
LOAD_BALANCER = {"type": "LoadBalancer", "clusterIP": "10.96.0.7"}


@pytest.mark.parametrize(
    ("before", "between", "after", "reasons"),
    [
        (BASE, BASE, BASE, []),
        # A Deployment that is another one and looks the same holds nothing that could be lost.
        (BASE, BASE, seen((WEB, live(WEB, "2", spec={"replicas": 1})), claims={CLAIM: "1"}), []),
        (
            BASE,
            BASE,
            seen((WEB, live(WEB, spec={"replicas": 1, "paused": True})), claims={CLAIM: "1"}),
            ["Deployment shop/web: not what it was: spec.paused"],
        ),
        (BASE, BASE, seen(claims={CLAIM: "1"}), ["Deployment shop/web: gone"]),
        (
            seen(claims={CLAIM: "1"}),
            seen(),
            seen(claims={CLAIM: "2"}),
            ["PersistentVolumeClaim shop/data: deleted and made anew: what it held is lost"],
        ),
        (
            seen(claims={CLAIM: "1"}),
            seen(),
            seen(),
            ["PersistentVolumeClaim shop/data: gone: what it held is lost"],
        ),
        (
            seen(),
            seen(claims={CLAIM: "1"}),
            seen(),
            ["PersistentVolumeClaim shop/data: deleted, with what was written to it"],
        ),
        (seen(), seen(claims={CLAIM: "1"}), seen(claims={CLAIM: "1"}), []),
        (
            seen((SET, live(SET))),
            seen(),
            seen((SET, live(SET, "2"))),
            ["StatefulSet shop/database: replaced: its pods go all at once"],
        ),
        (
            seen((SERVICE, live(SERVICE, spec=LOAD_BALANCER))),
            seen(),
            seen((SERVICE, live(SERVICE, "2", spec=LOAD_BALANCER | {"clusterIP": "10.96.0.8"}))),
            ["Service shop/web: deleted and made anew: its address is another one"],
        ),
        (
            seen((DEFINITION, live(DEFINITION)), instances={DEFINITION.name: 3}),
            seen(),
            seen((DEFINITION, live(DEFINITION, "2"))),
            ["CustomResourceDefinition offers.shop.example.com: made anew: 3 objects of its kind"],
        ),
        (
            seen(),
            seen((WEB, live(WEB))),
            seen((WEB, live(WEB))),
            ["Deployment shop/web: left over: the base doesn't declare it"],
        ),
    ],
)
def test_every_loss_is_named(
    before: Snapshot, between: Snapshot, after: Snapshot, reasons: list[str]
) -> None:
    found = way_back(before, between, after)
    pairs = zip(map(str, found.reasons), reasons, strict=True)
    assert [said for said, begins in pairs if not said.startswith(begins)] == []
    assert found.verdict == ("lossy" if reasons else "clean")


def test_replicas_that_nobody_declares_are_nobodys_loss() -> None:
    before = seen((WEB, live(WEB, spec={"replicas": 2})), declared={WEB: {"spec": {}}})
    after = seen((WEB, live(WEB, spec={"replicas": 7})))
    assert way_back(before, before, after) == WayBack("clean")
    declared = seen((WEB, live(WEB, spec={"replicas": 2})), declared={WEB: {"spec": {"replicas": 2}}})
    assert way_back(declared, before, after).reasons == (
        Said("Deployment shop/web", "not what it was: spec.replicas"),
    )
