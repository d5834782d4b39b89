"""The values of a Secret as the engine gets them: placeholders filled, everything marked secret."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi.runtime import rpc

from onestack.errors import SecretNotSet
from onestack.manifests.placeholders import CONFIG, FIELDS, command, is_secret, names, substituted


async def properties(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """An object's inputs: the object, with a Secret's values secret, so that state holds only ciphertext.

    Raises: SecretNotSet.
    """
    if not is_secret(body):
        return body
    given = {name: _given(name) for name in sorted(names(body))}
    return {
        key: await rpc.serialize_property(_filled(key, held, given), [], None) if key in FIELDS else held
        for key, held in body.items()
    }


def _filled(field: str, held: Any, given: Mapping[str, pulumi.Output[str]]) -> pulumi.Output[Any]:
    if not isinstance(held, Mapping):
        return pulumi.Output.secret(held)
    if not given:
        return pulumi.Output.secret(substituted(field, held, str))
    return pulumi.Output.all(**given).apply(lambda values: substituted(field, held, values.__getitem__))


def _given(name: str) -> pulumi.Output[str]:
    try:
        return pulumi.Config(CONFIG).require_secret(name)
    except pulumi.ConfigMissingError:
        stack = pulumi.get_stack()
        raise SecretNotSet(stack, name, command(stack, name)) from None
