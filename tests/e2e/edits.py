"""The edits that people make to the manifests of a stack. Pure."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from tests.e2e.world import DEPENDS_ON, GROUP, SPACES, Document, Placed, World, document, scaler, target

Edit = Callable[[World, int], World]

TITLES: Final[tuple[Any, ...]] = (
    True,
    1,
    1.5,
    "1",
    None,
    {},
    [],
    2**53 + 1,
    "2026-11-27T20:15:00Z",
    1e21,
    False,
    0,
)
"""Values that are easily taken for each other, for a field in which anything goes."""


def _pick(world: World, number: int, kinds: Iterable[str] = ()) -> str | None:
    chosen = tuple(kinds)
    among = sorted(key for key, one in world.items() if not chosen or one.kind in chosen)
    return among[number % len(among)] if among else None


def _changed(world: World, key: str | None, change: Callable[[Document], object]) -> World:
    if key is None:
        return world
    body = copy.deepcopy(world[key].body)
    change(body)
    return {**world, key: replace(world[key], body=body)}


def _without(world: World, gone: Iterable[str]) -> World:
    """The world without some objects, without all that can't be without them, and without edges to them."""
    left = set(world) - set(gone)
    spaces = {world[key].body["metadata"]["name"] for key in left if world[key].kind == "Namespace"}
    left = {key for key in left if world[key].space is None or world[key].space in spaces}
    if not any(world[key].kind == "CustomResourceDefinition" for key in left):
        left = {key for key in left if world[key].kind != "Book"}
    return _with_edges_that_hold({key: world[key] for key in sorted(left)})


def _with_edges_that_hold(world: World) -> World:
    there = {
        f"/namespaces/{one.space}/ConfigMap/{one.body['metadata']['name']}"
        for one in world.values()
        if one.kind == "ConfigMap" and "helm.sh/hook" not in (one.body["metadata"].get("annotations") or {})
    }
    for key, one in world.items():
        named = (one.body["metadata"].get("annotations") or {}).get(DEPENDS_ON)
        if named is not None and named not in there:
            world = _changed(world, key, lambda body: body["metadata"]["annotations"].pop(DEPENDS_ON))
    return world


def value(world: World, number: int) -> World:
    """A value changes in place."""
    return _changed(world, _pick(world, number, _VALUES), lambda body: _VALUES[body["kind"]](body, number))


_VALUES: Final[Mapping[str, Callable[[Document, int], object]]] = {
    "Book": lambda body, number: body["spec"].update(title=TITLES[number % len(TITLES)]),
    "Secret": lambda body, number: body["stringData"].update(other=f"v{number % 3}"),
    "Service": lambda body, number: body["spec"]["ports"][0].update(port=8000 + number % 3),
    "Role": lambda body, number: body["rules"][0].update(verbs=["get", ("list", "watch")[number % 2]]),
    "Deployment": lambda body, number: body["spec"]["template"]["spec"]["containers"][0].update(
        image=f"a/a:{2 + number % 3}"
    ),
    "HorizontalPodAutoscaler": lambda body, number: body["spec"].update(maxReplicas=4 + number % 3),
}


def title(world: World, number: int) -> World:
    """A value becomes one that is easily taken for it."""
    return _changed(world, _pick(world, 0, ["Book"]), lambda body: _VALUES["Book"](body, number))


def label(world: World, number: int) -> World:
    """Any object gets a label."""

    def add(body: Document) -> None:
        body["metadata"]["labels"] = {"edition": f"v{number % 3}"}

    return _changed(world, _pick(world, number), add)


def added(world: World, number: int) -> World:
    """An object comes, in an application that may be new."""
    if "Namespace parts" not in world:
        return world
    body = document("v1", "ConfigMap", f"extra-{number % 4}", data={"count": str(number)})
    application = ("base", "shop", "more", "new")[number % 4]
    return {**world, f"ConfigMap extra-{number % 4}": Placed(application, "extra.yaml", body)}


def removed(world: World, number: int) -> World:
    """An object goes, and all that can't be without it."""
    key = _pick(world, number)
    return world if key is None else _without(world, [key])


def renamed(world: World, number: int) -> World:
    """An object becomes another one of the same content."""
    key = _pick(world, number, ("ConfigMap", "Secret", "Service", "Role", "Book", "Job"))
    changed = _changed(
        world, key, lambda body: body["metadata"].update(name=f"{body['metadata']['name'][:9]}-{number % 3}")
    )
    names = [(one.kind, one.space, one.body["metadata"]["name"]) for one in changed.values()]
    return _with_edges_that_hold(changed) if len(names) == len(set(names)) else world


def moved(world: World, number: int) -> World:
    """An object is written in another file, of another application maybe; nothing comes of it."""
    key = _pick(world, number)
    if key is None:
        return world
    application = ("base", "shop", "more", world[key].application)[number % 4]
    return {**world, key: replace(world[key], application=application, file=f"moved-{number % 2}.yaml")}


def elsewhere(world: World, number: int) -> World:
    """An object moves to the other namespace."""
    key = _pick(world, number, ("ConfigMap", "Secret", "Service", "Deployment", "Role", "Book", "Job"))
    if key is None:
        return world
    space = next(one for one in SPACES if one != world[key].space)
    if f"Namespace {space}" not in world:
        return world
    return _with_edges_that_hold(_changed(world, key, lambda body: body["metadata"].update(namespace=space)))


def immutable(world: World, number: int) -> World:
    """A field changes that can't be changed: the object is replaced."""
    key = _pick(world, number, ("Service", "Deployment", "Job", "RoleBinding"))
    frozen = world.get("ConfigMap frozen")
    if number % 5 == 0 and frozen is not None:
        return _changed(world, "ConfigMap frozen", lambda body: body["data"].update(mode=f"v{number % 3}"))
    return _changed(world, key, lambda body: _IMMUTABLE[body["kind"]](body, number))


def _reselect(body: Document, number: int) -> None:
    labels = {"app": f"web-{number % 3}"}
    body["spec"]["selector"] = {"matchLabels": labels}
    body["spec"]["template"]["metadata"]["labels"] = labels


_IMMUTABLE: Final[Mapping[str, Callable[[Document, int], object]]] = {
    "Service": lambda body, _: body["spec"].update(clusterIP="None"),
    "Deployment": _reselect,
    "Job": lambda body, number: body["spec"]["template"]["spec"]["containers"][0].update(
        image=f"a/a:{2 + number % 3}"
    ),
    "RoleBinding": lambda body, number: body["roleRef"].update(name=f"reader-{number % 3}"),
}


def version(world: World, number: int) -> World:
    """An object is written in another version of its kind."""
    key = _pick(world, number, ("HorizontalPodAutoscaler", "Book"))
    if key is None:
        return world
    if world[key].kind == "Book":
        now = world[key].body["apiVersion"]
        other = f"{GROUP}/v1alpha1" if now.endswith("/v1") else f"{GROUP}/v1"
        return _changed(world, key, lambda body: body.update(apiVersion=other))
    written = scaler(2 if world[key].body["apiVersion"].endswith("v1") else 1)
    written["metadata"] = world[key].body["metadata"]
    return {**world, key: replace(world[key], body=written)}


def edge(world: World, number: int) -> World:
    """An object begins, or ceases, to depend on another."""
    key = _pick(world, number, ("Deployment", "Service", "Book", "Role", "Secret", "Job", "ConfigMap"))
    if key is None or (world[key].kind == "ConfigMap" and key != "ConfigMap waiting"):
        return world

    def turn(body: Document) -> None:
        annotations = body["metadata"].setdefault("annotations", {})
        chosen = target(("settings", "frozen")[number % 2])
        if annotations.pop(DEPENDS_ON, None) != chosen:
            annotations[DEPENDS_ON] = chosen

    return _with_edges_that_hold(_changed(world, key, turn))


def dropped(world: World, number: int) -> World:
    """A whole application goes."""
    application = ("shop", "more", "new")[number % 3]
    return _without(world, [key for key, one in world.items() if one.application == application])


EDITS: Final[tuple[Edit, ...]] = (
    value,
    title,
    label,
    added,
    removed,
    renamed,
    moved,
    elsewhere,
    immutable,
    version,
    edge,
    dropped,
)
