"""What the engine said becomes a typed failure with the right exit code."""

import socket

import pytest

from onestack.engine import failure
from onestack.errors import DiskFull, EngineFailed, EngineLostCluster, OnestackError, Protected, StackLocked

CONFIG_MAP = "urn:pulumi:local::onestack::onestack:index:Release$kubernetes:core/v1:ConfigMap::weird/x"
REASON = 'ConfigMap "x" is invalid: data: "no"\n\nsecond line'
LOCKED = (
    "the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or "
    "delete the lock file with `pulumi cancel`.\n"
    "  file:///r/.onestack/state/.pulumi/locks/organization/onestack/local/0b.json: "
    "created by root@{host} (pid 1885) at 2026-11-21T05:40:01Z"
)


@pytest.mark.parametrize(
    ("said", "expected", "exit_code"),
    [
        ("write /x/state: no space left on device", DiskFull, 4),
        ('failed to save snapshot: blob (key "a"): close /x: no space left on device', DiskFull, 4),
        ("OSError: [Errno 28] No space left on device: '/tmp/x'", DiskFull, 4),
        ("Pod shop/save: Failed: write /var/lib/x: no space left on device", EngineFailed, 1),
        ("configured Kubernetes cluster is unreachable: dial tcp: refused", EngineLostCluster, 4),
        ("the cluster's API server at https://127.0.0.1:1 can't be reached", EngineLostCluster, 4),
        ('deployments.apps "web" is invalid: spec.replicas: must be >= 0', EngineFailed, 1),
    ],
)
def test_failures_are_told_apart(said: str, expected: type[OnestackError], exit_code: int) -> None:
    error = failure.of("up", "local", (said,))
    assert type(error) is expected
    assert error.exit_code == exit_code
    assert said in str(error)


def test_what_a_command_printed_loses_its_prefix() -> None:
    assert failure.spoken("error: no stack\n\n  second line\n") == ("no stack\n  second line",)
    assert failure.spoken("\n") == ()


def test_warnings_are_no_errors() -> None:
    said = failure.spoken("warning: using pulumi-language-python from $PATH at /b\nerror: no stack\n")
    assert said == ("no stack",)


def test_only_the_full_disk_s_own_lines_are_its_reason() -> None:
    error = failure.of("up", "local", ("ConfigMap a/b: no", "write /x: no space left on device"))
    assert isinstance(error, DiskFull)
    assert error.why == "write /x: no space left on device"


@pytest.mark.parametrize(("host", "advised"), [(socket.gethostname(), False), ("elsewhere", True)])
def test_a_lock_names_its_holder_and_is_cancelled_only_for_another_machine(host: str, advised: bool) -> None:
    error = failure.of("up", "local", (LOCKED.format(host=host),))
    assert type(error) is StackLocked
    assert error.exit_code == 4
    assert error.why == f"held by process 1885 of root on {host} since 2026-11-21T05:40:01Z"
    assert ("pulumi cancel" in error.message()) is advised


def test_a_lock_in_a_state_that_others_share_is_cancelled_by_whoever_knows_that_its_holder_is_gone() -> None:
    error = failure.of("up", "dev", (LOCKED.format(host=socket.gethostname()),), shared=True)
    assert "if that process is gone for good, remove the lock with 'pulumi cancel'" in error.message()


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            f'resource "{CONFIG_MAP}" was not successfully created by the Kubernetes API server: {REASON}',
            f"ConfigMap weird/x: {REASON}",
        ),
        (
            f'update of resource "{CONFIG_MAP}" failed because of this',
            "update of ConfigMap weird/x failed because of this",
        ),
        ('after hook "wait \\"all\\"" failed: 1 of 2 not ready', "1 of 2 not ready"),
        ("plain", "plain"),
    ],
)
def test_an_error_about_an_object_begins_with_it_and_keeps_its_reason(said: str, expected: str) -> None:
    assert failure.of("up", "local", (said,)).why == expected


def test_what_is_protected_is_named_however_the_engine_says_it() -> None:
    urn = "urn:pulumi:prod::onestack::onestack:google:Network$gcp:compute/network:Network::network"
    pool = "urn:pulumi:prod::onestack::gcp:container/nodePool:NodePool::default"
    said = (
        f'unable to replace resource "{urn}"\nas it is currently marked for protection. To unprotect ...',
        (
            f'unable to replace resource "{pool}" as part of replacing "{urn}" as it is currently marked for '
            "protection. To unprotect ..."
        ),
        f'resource "{urn}" cannot be deleted\nbecause it is protected. To unprotect the resource, ...',
    )
    error = failure.of("pulumi up", "prod", said)
    assert isinstance(error, Protected)
    assert error.why == "Network network, NodePool default"
    assert "set protected: false" in error.hint
