"""What a stack's file says of its secrets: their names and ciphertexts. Nothing is decrypted here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from onestack.errors import Problem
from onestack.manifests.node import Node
from onestack.manifests.placeholders import CONFIG, command, right_name
from onestack.manifests.reader import read
from onestack.repository import content
from onestack.settings import STACKS, stack_file

_PREFIX: Final = f"{CONFIG}:"
_SECURE: Final = "secure"
_PASSPHRASE: Final = ("", "default", "passphrase")


@dataclass(frozen=True)
class StackSecrets:
    """``ciphertexts`` are by the name that placeholders ask for.

    ``encrypted`` says whether anything in the file's configuration is, ours or not; ``provider`` is the
    address of a key in a cloud, where a passphrase isn't the key. ``problems`` are keys that can't be
    used, by their place in the file; they never quote a value.
    """

    stack: str
    ciphertexts: Mapping[str, str] = field(default_factory=dict)
    encrypted: bool = False
    provider: str | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def by_passphrase(self) -> bool:
        """Whether a passphrase is the key, not one in a cloud."""
        return self.provider is None

    @property
    def file(self) -> str:
        """The file, relative to the repository."""
        return f"{STACKS}/Pulumi.{self.stack}.yaml"


def from_file(root: Path, stack: str) -> StackSecrets | None:
    """Reads the secrets of ``stack``, still encrypted, from its file; None where there is no such file.

    What is wrong with the file as a whole is for `onestack.settings` to say.
    """
    path = stack_file(root, stack)
    try:
        reading = read(content(root, f"{STACKS}/{path.name}"), f"{STACKS}/{path.name}")
    except FileNotFoundError:
        return None
    except OSError:
        return StackSecrets(stack)
    config = reading.documents[0].get("config") if reading.documents else None
    if config is None:
        return StackSecrets(stack)
    provider = reading.documents[0].get("secretsprovider")
    found = _of(stack, f"{STACKS}/{path.name}", config)
    if provider is None or not isinstance(provider.value, str) or provider.value in _PASSPHRASE:
        return found
    return replace(found, provider=provider.value)


def _of(stack: str, file: str, config: Node) -> StackSecrets:
    ciphertexts: dict[str, str] = {}
    problems: list[Problem] = []
    for key, node in config.fields():
        if not key.startswith(_PREFIX):
            continue
        name = key.removeprefix(_PREFIX)
        ciphertext = _ciphertext(node)
        wrong = _wrong(stack, name, node, ciphertext)
        if wrong is not None:
            problems.append(Problem(file, node.key_line, node.key_column, *wrong))
        elif ciphertext is not None:
            ciphertexts[name] = ciphertext
    return StackSecrets(stack, ciphertexts, encrypted=_encrypted(config), problems=tuple(problems))


def _wrong(stack: str, name: str, node: Node, ciphertext: str | None) -> tuple[str, str] | None:
    if not right_name(name):
        expected = "letters, digits, '.', '_' and '-', at most 128, a letter or digit first and last"
        return f"'{name[:80]}' is no name that a placeholder can ask for", expected
    if ciphertext is not None:
        return None
    if _encrypted(node):
        return f"{_PREFIX}{name} is a structure", "give each secret value a key of its own"
    if isinstance(node.value, (dict, list)):
        return (
            f"{_PREFIX}{name} is not encrypted",
            f"remove it; set each value with: {command(stack, 'NAME')}",
        )
    return f"{_PREFIX}{name} is not encrypted", f"rotate the value, then: {command(stack, name)}"


def _ciphertext(node: Node) -> str | None:
    held = node.value
    ciphertext = held.get(_SECURE) if isinstance(held, dict) and len(held) == 1 else None
    return ciphertext if isinstance(ciphertext, str) and ciphertext else None


def _encrypted(node: Node) -> bool:
    """Whether anything below is encrypted."""
    waiting = [node]
    while waiting:
        one = waiting.pop()
        if _ciphertext(one) is not None:
            return True
        waiting.extend(held for _key, held in one.fields())
        waiting.extend(one.items())
    return False
