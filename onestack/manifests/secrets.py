"""Secrets of a set of manifests: their values, how they are shown, and what rolls when one is rotated. Pure.

A rotated value changes nothing in the manifests, so its ciphertext, as the stack's file holds it, is
summed up where a change is to be seen: in an annotation of the Secret, and in one of the pod template
of each Deployment, StatefulSet and DaemonSet that takes the Secret. Jobs are left out, their template
can't be changed; so are CronJobs, whose next Job reads the new value anyway.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from onestack.manifests.manifest import Identity, Manifest
from onestack.manifests.placeholders import FIELDS, is_secret, names, plaintext_paths, values
from onestack.masking import Mask

ANNOTATION: Final = "onestack.dev/secrets"
SHOWN: Final = "[secret]"
# One word, or a number of up to five digits such as a port: of a value like that nobody could say where
# it stands in our own sentences, line numbers or names, and a mask there would only hide those.
WORD: Final = re.compile(rb"[A-Za-z][a-z]{0,10}|[A-Z]{1,11}|[0-9]{1,5}")

_ROLLED: Final = frozenset({"Deployment", "StatefulSet", "DaemonSet"})
_DIGITS: Final = 16


def plaintexts(manifests: Sequence[Manifest]) -> Mask:
    """What masks the values that Secrets hold in plain text."""
    values = frozenset(value for manifest in manifests for value in plain(manifest.body))
    return masking(values, names_of(manifests), (one.location.file for one in manifests))


def masking(values: Iterable[bytes], known: Iterable[str | None], files: Iterable[str] = ()) -> Mask:
    """What masks values that are in git in plain text, and leaves whole what we say ourselves.

    Not those that are an object's or namespace's name, too: every line says them, and git does anyway.
    Those that our sentences, or parts of names and paths, may be are no more than words.
    """
    said = frozenset(known)
    held = unnamed(values, said)
    if not held:
        return Mask()
    everywhere = "\n".join(sorted({*files, *(name for name in said if name)})).encode()
    words = frozenset(value for value in held if WORD.fullmatch(value) or value in everywhere)
    return Mask(held - words, words)


def names_of(manifests: Iterable[Manifest]) -> Iterator[str | None]:
    """The names that every other line of ours says: objects, namespaces, applications."""
    return (name for one in manifests for name in (one.name, one.namespace, one.application))


def unnamed(values: Iterable[bytes], known: Iterable[str | None]) -> frozenset[bytes]:
    """The values that are not names of things that we speak of."""
    return frozenset(values) - {name.encode() for name in known if name}


def shown(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """An object as it may be printed: a Secret without its plain text, its placeholders left."""
    if not is_secret(body):
        return body
    hidden = set(plaintext_paths(body))
    fields = {
        field: {key: SHOWN if (field, key) in hidden else value for key, value in body[field].items()}
        for field in FIELDS
        if isinstance(body.get(field), Mapping)
    }
    return {**body, **fields}


def rolled(manifests: Sequence[Manifest], ciphertexts: Mapping[str, str]) -> tuple[Manifest, ...]:
    """The manifests with digests of ciphertexts on each Secret with placeholders and what takes it."""
    digests = {
        manifest.identity: _digest((name, ciphertexts.get(name, "")) for name in asked)
        for manifest in manifests
        if (asked := sorted(names(manifest.body)))
    }
    return tuple(_marked(manifest, digests) for manifest in manifests) if digests else tuple(manifests)


def taken(spec: Mapping[str, Any]) -> frozenset[str]:
    """The names of the Secrets that a pod spec takes: environment, volumes, projected volumes."""
    return frozenset(name for name in (*_of_containers(spec), *_of_volumes(spec)) if isinstance(name, str))


def plain(body: Mapping[str, Any]) -> Iterator[bytes]:
    """The values that a Secret holds in plain text; nothing of any other object."""
    if is_secret(body):
        hidden = set(plaintext_paths(body))
        yield from (value for path, value in values(body) if path in hidden)


def _marked(manifest: Manifest, digests: Mapping[Identity, str]) -> Manifest:
    own = digests.get(manifest.identity)
    if own is not None:
        return replace(manifest, body=_annotated(manifest.body, own))
    if manifest.group != "apps" or manifest.kind not in _ROLLED:
        return manifest
    spec = _map(manifest.body.get("spec"))
    template = _map(spec.get("template"))
    identities = [
        Identity("", "Secret", manifest.namespace, name) for name in sorted(taken(_map(template.get("spec"))))
    ]
    of_it = [(identity.name, digests[identity]) for identity in identities if identity in digests]
    if not of_it:
        return manifest
    rolling = {**spec, "template": _annotated(template, _digest(of_it))}
    return replace(manifest, body={**manifest.body, "spec": rolling})


def _annotated(holder: Mapping[str, Any], digest: str) -> Mapping[str, Any]:
    metadata = _map(holder.get("metadata"))
    annotations = {**_map(metadata.get("annotations")), ANNOTATION: digest}
    return {**holder, "metadata": {**metadata, "annotations": annotations}}


def _digest(parts: Iterable[tuple[str, str]]) -> str:
    summed = hashlib.sha256()
    for name, held in parts:
        summed.update(f"{name}\0{held}\0".encode())
    return summed.hexdigest()[:_DIGITS]


def _of_containers(spec: Mapping[str, Any]) -> Iterator[Any]:
    for field in ("containers", "initContainers"):
        for container in map(_map, _list(spec.get(field))):
            for variable in map(_map, _list(container.get("env"))):
                yield _map(_map(variable.get("valueFrom")).get("secretKeyRef")).get("name")
            for source in map(_map, _list(container.get("envFrom"))):
                yield _map(source.get("secretRef")).get("name")


def _of_volumes(spec: Mapping[str, Any]) -> Iterator[Any]:
    for volume in map(_map, _list(spec.get("volumes"))):
        yield _map(volume.get("secret")).get("secretName")
        for source in map(_map, _list(_map(volume.get("projected")).get("sources"))):
            yield _map(source.get("secret")).get("name")


def _map(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()
