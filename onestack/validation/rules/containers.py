"""Containers of pods (``pkg/apis/core/validation/validation.go``: ``validateContainers`` and below). Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import Any, Final

from onestack.manifests.manifest import dotted
from onestack.manifests.names import wrong_label
from onestack.validation.fault import Fault, said
from onestack.validation.parts import EACH, Path, mapping, mappings, number, text, texts
from onestack.validation.quantities import amount
from onestack.validation.rules.bounds import natural, one_of, port, port_name, port_or_name

_FEW: Final = 8
_FIELDS: Final = ("containers", "initContainers", "ephemeralContainers")
_HANDLERS: Final = ("exec", "grpc", "httpGet", "tcpSocket")
_SOURCES: Final = ("configMapKeyRef", "fieldRef", "fileKeyRef", "resourceFieldRef", "secretKeyRef")
_PROBES: Final = ("livenessProbe", "readinessProbe", "startupProbe")
_TIMES: Final = (
    "initialDelaySeconds",
    "timeoutSeconds",
    "periodSeconds",
    "successThreshold",
    "failureThreshold",
)


def containers(spec: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """Faults of all containers of a pod's spec at ``path``."""
    first: dict[str, Path] = {}
    for field in _FIELDS:
        for step, container in mappings(spec, field, EACH):
            here = (*path, *step)
            yield from _name(container, here, first)
            yield from _container(container, here, spec, is_init=field == "initContainers")
    if spec.get("containers") == []:
        yield Fault(
            (*path, "containers"), f"{dotted((*path, 'containers'))} is empty", "a pod needs a container"
        )


def _name(container: Mapping[str, Any], path: Path, first: dict[str, Path]) -> Iterator[Fault]:
    """``validateContainerCommon``; names are unique over init containers, too."""
    name = text(container, "name")
    if container.get("name") == "":
        yield Fault((*path, "name"), f"{dotted((*path, 'name'))} is empty", "name the container")
    if not name:
        return
    if rule := wrong_label(name):
        yield Fault((*path, "name"), f"{said(name)} is no name for a container", rule)
    before = first.setdefault(name, path)
    # Within one list the schema tells, for it is a map by name.
    if before != path and before[:-1] != path[:-1]:
        what = f"two containers are called {said(name)}"
        yield Fault((*path, "name"), what, f"rename one; the other is {dotted(before)}")


def _container(
    container: Mapping[str, Any], path: Path, spec: Mapping[str, Any], *, is_init: bool
) -> Iterator[Fault]:
    image = container.get("image")
    if image == "":
        yield Fault((*path, "image"), f"{dotted((*path, 'image'))} is empty", "name the image")
    yield from _ports(container, path, spec)
    yield from _environment(container, path)
    yield from _mounts(container, path, spec)
    yield from resources(mapping(container, "resources"), (*path, "resources"))
    restarts = not is_init or container.get("restartPolicy") == "Always"
    for probe in _PROBES:
        if isinstance(container.get(probe), Mapping):
            yield from _probe(container[probe], (*path, probe), is_allowed=restarts)
    for step, handler in mappings(container, "lifecycle", EACH):
        yield from _handler(handler, (*path, *step), ("exec", "httpGet", "sleep", "tcpSocket"))
    yield from _privileges(container, path)


def _ports(container: Mapping[str, Any], path: Path, spec: Mapping[str, Any]) -> Iterator[Fault]:
    """``validateContainerPorts``, ``validateHostNetwork``."""
    names: dict[str, Path] = {}
    for step, held in mappings(container, "ports", EACH):
        here = (*path, *step)
        yield from port(held, here, "containerPort")
        if held.get("hostPort") != 0:
            yield from port(held, here, "hostPort")
        yield from port_name(held.get("name"), (*here, "name"))
        name = text(held, "name")
        if name and names.setdefault(name, here) != here:
            what = f"two ports of the container are called {said(name)}"
            yield Fault((*here, "name"), what, f"rename one; the other is {dotted(names[name])}")
        host = held.get("hostPort")
        if spec.get("hostNetwork") is True and host and host != held.get("containerPort"):
            yield Fault(
                (*here, "hostPort"), "with hostNetwork, hostPort must be the containerPort", "remove it"
            )


def _environment(container: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """``ValidateEnv``, ``validateEnvVarValueFrom``, ``ValidateEnvFrom``."""
    for step, variable in mappings(container, "env", EACH):
        here = (*path, *step)
        name = variable.get("name")
        if name == "":
            yield Fault((*here, "name"), f"{dotted((*here, 'name'))} is empty", "name the variable")
        elif isinstance(name, str) and ("=" in name or not name.isprintable() or not name.isascii()):
            yield Fault((*here, "name"), f"{said(name)} is no name for a variable", "use ASCII without '='")
        source = variable.get("valueFrom")
        if not isinstance(source, Mapping):
            continue
        if variable.get("value"):
            yield Fault(
                (*here, "valueFrom"), "the variable has both value and valueFrom", "keep one", key=True
            )
        else:
            yield from one_of(source, (*here, "valueFrom"), _SOURCES, what="valueFrom")
    for step, source in mappings(container, "envFrom", EACH):
        yield from one_of(source, (*path, *step), ("configMapRef", "secretRef"), what="envFrom")


def _mounts(container: Mapping[str, Any], path: Path, spec: Mapping[str, Any]) -> Iterator[Fault]:
    """``ValidateVolumeMounts``, ``ValidateVolumeDevices``."""
    volumes = {name for _, name in texts(spec, "volumes", EACH, "name")}
    for field in ("volumeMounts", "volumeDevices"):
        for step, mount in mappings(container, field, EACH):
            name, here = text(mount, "name"), (*path, *step)
            if name and name not in volumes:
                known = ", ".join(sorted(volumes)[:_FEW])
                listed = f"; there {'is' if len(volumes) == 1 else 'are'} {known}"
                hint = f"add it to the pod's volumes{listed if volumes else ''}"
                yield Fault((*here, "name"), f"the pod has no volume {said(name)}", hint)
            if mount.get("mountPath") == "":
                yield Fault((*here, "mountPath"), f"{dotted((*here, 'mountPath'))} is empty", "write a path")
            if mount.get("subPath") and mount.get("subPathExpr"):
                yield Fault((*here, "subPathExpr"), "the mount has both subPath and subPathExpr", "keep one")
            if ".." in text(mount, "subPath").split("/"):
                yield Fault(
                    (*here, "subPath"), f"{dotted((*here, 'subPath'))} holds '..'", "write a path below"
                )


def resources(held: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """``validateResourceRequirements``: nothing below nothing, no request above its limit."""
    for field in ("limits", "requests"):
        for name, value in mapping(held, field).items():
            if (found := amount(value)) is not None and found < 0:
                yield Fault(
                    (*path, field, name), f"{dotted((*path, field, name))} is {value}", "write 0 or more"
                )
    limits = mapping(held, "limits")
    for name, value in mapping(held, "requests").items():
        asked, most = amount(value), amount(limits.get(name))
        if asked is not None and most is not None and asked > most:
            what = f"{dotted((*path, 'requests', name))} is {value}, more than the limit of {limits[name]}"
            yield Fault((*path, "requests", name), what, "lower the request or raise the limit")


def _probe(probe: Mapping[str, Any], path: Path, *, is_allowed: bool) -> Iterator[Fault]:
    """``validateProbe``, ``validateLivenessProbe``, ``validateInitContainers``."""
    if not is_allowed:
        what = f"an init container that ends has no {path[-1]}"
        yield Fault(path, what, "remove it, or write 'restartPolicy: Always' in the container", key=True)
        return
    yield from _handler(probe, path, _HANDLERS)
    yield from natural(probe, path, *_TIMES)
    success = number(probe, "successThreshold")
    if path[-1] != "readinessProbe" and success is not None and success > 1:
        yield Fault(
            (*path, "successThreshold"), f"{dotted((*path, 'successThreshold'))} is {success}", "write 1"
        )


def _handler(held: Mapping[str, Any], path: Path, kinds: tuple[str, ...]) -> Iterator[Fault]:
    """``validateHandler``."""
    if path[-1] in {"postStart", "preStop", *_PROBES}:
        yield from one_of(held, path, kinds, what=str(path[-1]))
    for kind in ("httpGet", "tcpSocket"):
        if isinstance(held.get(kind), Mapping):
            yield from port_or_name(held[kind], (*path, kind), "port")
    yield from port(mapping(held, "grpc"), (*path, "grpc"), "port")
    if isinstance(held.get("exec"), Mapping) and not held["exec"].get("command"):
        yield Fault((*path, "exec"), f"{dotted((*path, 'exec'))} has no command", "write one as a list")


def _privileges(container: Mapping[str, Any], path: Path) -> Iterator[Fault]:
    """``ValidateSecurityContext``."""
    context, here = mapping(container, "securityContext"), (*path, "securityContext")
    if context.get("allowPrivilegeEscalation") is False:
        added = [name for _, name in texts(context, "capabilities", "add", EACH)]
        which = itertools.chain(
            ("privileged",) if context.get("privileged") is True else (),
            ("the capability SYS_ADMIN",) if {"SYS_ADMIN", "CAP_SYS_ADMIN"} & set(added) else (),
        )
        for cause in which:
            what = f"allowPrivilegeEscalation is false, but {cause} brings it"
            yield Fault((*here, "allowPrivilegeEscalation"), what, "give up one of them")
    yield from natural(context, here, "runAsUser", "runAsGroup")
