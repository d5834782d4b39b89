"""What a stack's file says of its secrets, without decrypting any."""

from __future__ import annotations

from pathlib import Path

import pytest

from onestack import stack_secrets
from onestack.stack_secrets import StackSecrets


def written(root: Path, *lines: str) -> StackSecrets:
    (root / "stacks").mkdir()
    (root / "stacks" / "Pulumi.dev.yaml").write_text("\n".join(("config:", *lines, "")))
    found = stack_secrets.from_file(root, "dev")
    assert found is not None
    return found


def test_ciphertexts_are_by_name(tmp_path: Path) -> None:
    found = written(
        tmp_path, "  a:b: c", "  secrets:db-password:", "    secure: v1:x:y", "  secrets:b: {secure: v1:z}"
    )
    assert found == StackSecrets("dev", {"db-password": "v1:x:y", "b": "v1:z"}, encrypted=True)


def test_a_value_in_plain_text_is_told_with_its_line_and_how_to_set_it_and_never_said(tmp_path: Path) -> None:
    found = written(tmp_path, "  a:b: c", "  secrets:db: hunter2")
    (problem,) = found.problems
    assert str(problem) == (
        "stacks/Pulumi.dev.yaml:3:3: secrets:db is not encrypted; rotate the value, then: "
        'eval "$(onestack env dev)" && pulumi stack select --create dev && '
        "pulumi config set --secret secrets:db"
    )
    assert found.ciphertexts == {}
    assert not found.encrypted


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            ["  secrets:db: {password: hunter2}"],
            "secrets:db is not encrypted; remove it; set each value with",
        ),
        (["  secrets:db: [hunter2]"], "secrets:db is not encrypted"),
        (
            ["  secrets:db: {password: {secure: v1:x}}"],
            "secrets:db is a structure; give each secret value a key",
        ),
        (["  secrets:db: {secure: v1:x, more: hunter2}"], "secrets:db is not encrypted"),
        (["  secrets:db: {secure: }"], "secrets:db is not encrypted"),
        (["  secrets:db/x: {secure: v1:x}"], "'db/x' is no name that a placeholder can ask for"),
        (["  'secrets:': {secure: v1:x}"], "'' is no name that a placeholder can ask for"),
    ],
)
def test_what_can_not_be_used_is_told(tmp_path: Path, lines: list[str], said: str) -> None:
    (problem,) = written(tmp_path, *lines).problems
    assert said in str(problem)
    assert "hunter2" not in str(problem)


def test_anything_encrypted_in_the_file_is_to_be_masked(tmp_path: Path) -> None:
    assert written(tmp_path, "  gcp:deep:", "    a: [{b: {secure: v1:x}}]").encrypted


def test_without_a_file_nothing_is_known(tmp_path: Path) -> None:
    assert stack_secrets.from_file(tmp_path, "dev") is None


@pytest.mark.parametrize("content", ["", "config:\n", "config: x\n", "- a\n", "{"])
def test_a_file_that_says_nothing_has_no_secrets(tmp_path: Path, content: str) -> None:
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "Pulumi.dev.yaml").write_text(content)
    assert stack_secrets.from_file(tmp_path, "dev") == StackSecrets("dev")


@pytest.mark.parametrize(
    ("line", "by_passphrase"),
    [("", True), ("secretsprovider: passphrase", True), ("secretsprovider: gcpkms://projects/p", False)],
)
def test_the_key_is_a_passphrase_or_that_of_a_cloud(
    tmp_path: Path, line: str, *, by_passphrase: bool
) -> None:
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "Pulumi.dev.yaml").write_text(f"config: {{secrets:a: {{secure: x}}}}\n{line}\n")
    found = stack_secrets.from_file(tmp_path, "dev")
    assert found is not None
    assert found.by_passphrase is by_passphrase
    assert found.provider == (None if by_passphrase else "gcpkms://projects/p")
