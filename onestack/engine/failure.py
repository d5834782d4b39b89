"""What went wrong in an engine run, from what the engine said: the one place that reads its texts. Pure."""

from __future__ import annotations

import re

from onestack.engine import google
from onestack.errors import (
    CloudRefusedRun,
    DiskFull,
    EngineFailed,
    EngineLostCluster,
    OnestackError,
    Protected,
    StackLocked,
)

_DEFAULT_HINT = "mend the cause and run again: what was done is kept, and only the rest is tried"
# The official plugin's words, and ours.
_UNREACHABLE = re.compile(
    r"configured Kubernetes cluster is unreachable|the cluster's API server at \S+ can't be reached"
)

# The engine writing its state, a plugin or the program writing a file. The same words from further
# inside a message are an object's of the cluster, such as a pod whose node is full.
_DISK_FULL = re.compile(
    r"^[\s*]*(?:error: )?(?:"
    r"[^:/\"]*\b(?:snapshot|checkpoint|writ(?:e|ing)|sav(?:e|ing))\b"
    r"|(?:open|mkdir|rename|copy|close|sync|fsync|truncate) /"
    r"|blob \(key "
    r"|OSError: \[Errno 28\]"
    r").*no space left on device",
    re.IGNORECASE,
)
# As pkg/backend/diy/lock.go of Pulumi writes them, one line per lock.
_HOLDER = re.compile(r"created by (?P<user>.+)@(?P<host>\S+) \(pid (?P<pid>\d+)\) at (?P<since>\S+)")
_RESOURCE = re.compile(
    r'(?:resource )?"urn:pulumi:[^"]*:(?P<kind>\w+)::(?P<name>[^"]*)"'
    r"(?: was not successfully \w+ by the Kubernetes API server)?"
)
# As resource/deploy/step_generator.go and step.go of the engine write it.
_PROTECTED = re.compile(
    r'resource "urn:pulumi:[^"]*:(?P<kind>\w+)::(?P<name>[^"]*)"'
    r'(?: as part of replacing "[^"]*")?\s+'
    r"(?:as it is currently marked for protection|cannot be deleted\s+because it is protected)"
)
_HOOK = re.compile(r'(?:before|after) hook "(?:[^"\\]|\\.)*" failed: ')


def spoken(text: str) -> tuple[str, ...]:
    """The error messages in what a command printed to stderr."""
    lines = [
        line.removeprefix("error: ").rstrip()
        for line in text.splitlines()
        if line.strip() and not line.startswith("warning:")
    ]
    return ("\n".join(lines),) if lines else ()


def of(
    verb: str,
    stack: str,
    errors: tuple[str, ...],
    *,
    forgets: bool = False,
    shared: bool = False,
    project: str = "",
) -> OnestackError:
    """The typed failure of a run that ended with these messages; ``forgets``: see `EngineFailed`.

    ``shared`` says that the state is one that others write, too; ``project`` is that of Google's resources.
    """
    text = "\n".join(errors)
    if full := [line for line in text.splitlines() if _DISK_FULL.match(line)]:
        return DiskFull("\n".join(full))
    if "the stack is currently locked by" in text:
        return _locked(stack, text, shared=shared)
    if kept := sorted({f"{one['kind']} {one['name']}" for one in _PROTECTED.finditer(text)}):
        return Protected(stack, kept)
    said = tuple(map(_unwrapped, errors))
    error = _failed(verb, stack, said, project)
    error.forgets = forgets
    return error


def about(urn: str, message: str) -> str:
    """A message with the resource that it is about, where that is Google's and called otherwise there."""
    kind, _, name = urn.rpartition("::")
    kind = kind.rpartition("::")[2].rpartition("$")[2]
    return f"{kind.rpartition(':')[2]} {name}: {message}" if kind.startswith("gcp:") else message


def timed_out(message: str) -> bool:
    """Whether Google was still at it when the provider gave up."""
    return google.timed_out(message)


def _failed(verb: str, stack: str, said: tuple[str, ...], project: str) -> EngineFailed:
    if any(map(_UNREACHABLE.search, said)):
        return EngineLostCluster(verb, stack, said, _DEFAULT_HINT)
    if advice := google.advice(said, project):
        return CloudRefusedRun(verb, stack, said, advice)
    return EngineFailed(verb, stack, said, _DEFAULT_HINT)


def _locked(stack: str, text: str, *, shared: bool) -> StackLocked:
    holders = [
        f"held by process {found['pid']} of {found['user']} on {found['host']} since {found['since']}"
        for found in _HOLDER.finditer(text)
    ]
    hosts = frozenset(found["host"] for found in _HOLDER.finditer(text))
    return StackLocked(
        stack, "\n".join(holders) or "the engine doesn't say by whom", hosts=hosts, shared=shared
    )


def _unwrapped(message: str) -> str:
    """The message with objects in our words instead of URNs, and without what only passed it on."""
    return _RESOURCE.sub(r"\g<kind> \g<name>", _HOOK.sub("", message))
