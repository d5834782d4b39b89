"""The way back as a branch of a real repository, pushed to a real remote."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import git
import pytest

from onestack.errors import BranchTaken, GitFailed, NothingToRevert, PushRefused
from onestack.revert import Revert, files, prepare, push
from onestack.revision import revision


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone without anybody's name, as in CI, with two commits, and its bare remote."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    git.Repo.init(tmp_path / "remote.git", bare=True, initial_branch="main")
    made = git.Repo.init(tmp_path / "clone", initial_branch="main")
    made.create_remote("origin", str(tmp_path / "remote.git"))
    root = Path(made.working_dir)
    name = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "a@b.c"}
    for number in ("1", "2"):
        (root / "a.yaml").write_text(f"a: {number}\n")
        made.git.add("--all")
        made.git.commit(
            "-m", number, env={**name, "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "a@b.c"}
        )
    return root


def test_the_branch_holds_the_earlier_files_on_top_of_what_is_there(root: Path) -> None:
    head, first = revision(root), revision(root, "HEAD~1")
    made = prepare(root, "prod", first, head)
    commit = git.Repo(root).commit(made.branch)
    assert (commit.hexsha, commit.tree.hexsha) == (made.commit, first.tree)
    assert [one.hexsha for one in commit.parents] == [head.commit]
    assert first.short in commit.summary
    assert (root / "a.yaml").read_text() == "a: 2\n", "the files that lie there are nobody's to touch"
    assert git.Repo(root).active_branch.name == "main"


def test_preparing_and_pushing_twice_is_as_good_as_once(root: Path, tmp_path: Path) -> None:
    made = prepare(root, "prod", revision(root, "HEAD~1"), revision(root))
    push(root, made)
    again = prepare(root, "prod", revision(root, "HEAD~1"), revision(root))
    push(root, again)
    assert again == made
    assert git.Repo(tmp_path / "remote.git").commit(made.branch).hexsha == made.commit


def test_a_branch_that_somebody_moved_is_made_again(root: Path) -> None:
    made = prepare(root, "prod", revision(root, "HEAD~1"), revision(root))
    git.Repo(root).git.update_ref(f"refs/heads/{made.branch}", "HEAD")
    again = prepare(root, "prod", revision(root, "HEAD~1"), revision(root))
    assert revision(root, again.branch).tree == revision(root, "HEAD~1").tree


def test_what_is_there_already_is_said(root: Path) -> None:
    with pytest.raises(NothingToRevert):
        prepare(root, "prod", revision(root), revision(root))


def test_a_remote_that_is_away_is_said_with_the_way_on(root: Path, tmp_path: Path) -> None:
    made = prepare(root, "prod", revision(root, "HEAD~1"), revision(root))
    (tmp_path / "remote.git").rename(tmp_path / "elsewhere")
    with pytest.raises(PushRefused, match="git push origin"):
        push(root, made)


def test_what_somebody_committed_to_a_branch_of_that_name_is_not_overwritten(root: Path) -> None:
    first, head = revision(root, "HEAD~1"), revision(root)
    made = prepare(root, "prod", first, head)
    mine = _committed_on(root, made.branch, parent=head.commit)
    with pytest.raises(BranchTaken, match="git branch -m"):
        prepare(root, "prod", first, head)
    assert git.Repo(root).commit(made.branch).hexsha == mine


def test_what_somebody_put_on_top_of_the_way_back_stays(root: Path, tmp_path: Path) -> None:
    first, head = revision(root, "HEAD~1"), revision(root)
    made = prepare(root, "prod", first, head)
    mine = _committed_on(root, made.branch, parent=made.commit)
    git.Repo(root).git.push("--quiet", "origin", made.branch)
    assert push(root, prepare(root, "prod", first, head)) == made
    for repository in (root, tmp_path / "remote.git"):
        assert git.Repo(repository).commit(made.branch).hexsha == mine


def test_a_branch_that_another_clone_pushed_is_as_good_as_this_one(root: Path, tmp_path: Path) -> None:
    git.Repo(root).git.push("--quiet", "origin", "main")
    other = Path(
        git.Repo.clone_from(str(tmp_path / "remote.git"), tmp_path / "other", branch="main").working_dir
    )
    made = push(root, prepare(root, "prod", revision(root, "HEAD~1"), revision(root)))
    again = prepare(other, "prod", revision(other, "HEAD~1"), revision(other))
    elsewhen = replace(again, commit=_at_another_time(other, again))
    assert elsewhen.commit != made.commit
    assert push(other, elsewhen).commit == made.commit
    assert not [one.path for one in git.Repo(other).refs if one.path.startswith("refs/onestack")]


def test_a_remote_that_never_answers_is_left_in_time(root: Path) -> None:
    made = prepare(root, "prod", revision(root, "HEAD~1"), revision(root))
    # As ssh that waits for somebody: git itself would wait for as long as it does.
    git.Repo(root).git.remote("set-url", "origin", "ext::sleep 600")
    git.Repo(root).git.config("protocol.ext.allow", "always")
    with pytest.raises(PushRefused, match="didn't answer within"):
        push(root, made, seconds=0.5)


def test_of_a_larger_repository_only_the_project_s_folder_is_taken_back(root: Path) -> None:
    (root / "shop").mkdir()
    for number in ("1", "2"):
        for name in ("shop/a.yaml", f"shop/{number}.yaml", "other"):
            (root / name).write_text(f"a: {number}\n")
        _commit(root)
    first, head = revision(root, "HEAD~1"), revision(root)
    made = prepare(root / "shop", "prod", first, head)
    commit = git.Repo(root).commit(made.branch)
    assert commit.tree["other"].data_stream.read() == b"a: 2\n", "somebody else's"
    assert {one.path for one in commit.tree["shop"]} == {"shop/1.yaml", "shop/a.yaml"}
    assert files(root / "shop", first) == commit.tree["shop"].hexsha != files(root / "shop", head)
    assert push(root / "shop", prepare(root / "shop", "prod", first, head)) == made
    (root / "other").write_text("a: 3\n")
    _commit(root)
    with pytest.raises(NothingToRevert):
        prepare(root / "shop", "prod", head, revision(root))
    with pytest.raises(GitFailed):  # from before there was a project
        prepare(root / "shop", "prod", revision(root, "HEAD~3"), head)
    assert files(root / "shop", revision(root, "HEAD~3")) == ""


def _commit(root: Path) -> None:
    who = {f"GIT_{role}_{key}": "a@b.c" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    git.Repo(root).git.add("--all")
    git.Repo(root).git.commit("-m", "more", env=who)


def _committed_on(root: Path, branch: str, *, parent: str) -> str:
    """Somebody's commit, on a branch that is moved to it."""
    repository = git.Repo(root)
    who = {f"GIT_{role}_{key}": "a@b.c" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    made = str(repository.git.commit_tree(f"{parent}^{{tree}}", "-p", parent, "-m", "mine", env=who))
    repository.git.update_ref(f"refs/heads/{branch}", made)
    return made


def _at_another_time(root: Path, revert: Revert) -> str:
    who = {f"GIT_{role}_{key}": "a@b.c" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}
    when = {"GIT_COMMITTER_DATE": "2001-01-01T00:00:00Z"}
    made = git.Repo(root).git.commit_tree(
        revert.to.tree, "-p", revert.head.commit, "-m", "back", env={**who, **when}
    )
    return str(made)


def test_the_same_revert_of_another_clone_is_the_same_branch(root: Path, tmp_path: Path) -> None:
    """CI has a new clone for each run; a commit of its own would be refused by the remote."""
    git.Repo(root).git.push("--quiet", "origin", "main")
    other = Path(git.Repo.clone_from(str(tmp_path / "remote.git"), str(tmp_path / "other")).working_dir)
    made = prepare(root, "prod", revision(root, "HEAD~1"), revision(root))
    push(root, made)
    assert git.Repo(root).commit(made.commit).committed_datetime == revision(root).committed
    again = prepare(other, "prod", revision(other, "HEAD~1"), revision(other))
    push(other, again)
    assert again == made
