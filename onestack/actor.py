"""Who runs a command, as they call themselves: a claim for the ledger, which nobody proves."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import git

from onestack.harmless import one_line

VARIABLE: Final = "ONESTACK_ACTOR"
"""Says it for any other automation."""


def actor(root: Path, environ: Mapping[str, str] = os.environ) -> str:
    """The first that is known: what `VARIABLE` says, GitHub's actor, Cloud Build, git's user, the login.

    Cloud Build sets ``BUILDER_OUTPUT`` in each step, and says who only where a step's ``env`` passes it on:
    ``TRIGGER_NAME=$TRIGGER_NAME``. It is one line, and what a terminal would obey is escaped.
    """
    return one_line(_said(root, environ)) or "unknown"


def _said(root: Path, environ: Mapping[str, str]) -> str:
    if said := environ.get(VARIABLE, "").strip():
        return said
    if environ.get("GITHUB_ACTIONS") == "true" and (said := environ.get("GITHUB_ACTOR", "")):
        return said
    if environ.get("BUILDER_OUTPUT"):
        return f"cloud-build:{environ.get('TRIGGER_NAME') or 'unnamed'}"
    return _of_git(root) or f"{_login()}@{socket.gethostname()}"


def machine() -> str:
    """The name of this machine."""
    return socket.gethostname()


def links(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """Where a run of automation can be looked at, by what it is."""
    if environ.get("GITHUB_ACTIONS") == "true":
        server, repository = environ.get("GITHUB_SERVER_URL"), environ.get("GITHUB_REPOSITORY")
        run, attempt = environ.get("GITHUB_RUN_ID"), environ.get("GITHUB_RUN_ATTEMPT", "1")
        if server and repository and run:
            return {"run": f"{server}/{repository}/actions/runs/{run}/attempts/{attempt}"}
    build, project = environ.get("BUILD_ID"), environ.get("PROJECT_ID")
    if environ.get("BUILDER_OUTPUT") and build and project:
        location = environ.get("LOCATION") or "global"
        place = f"https://console.cloud.google.com/cloud-build/builds;region={location}/{build}"
        return {"run": f"{place}?project={project}"}
    return {}


def _of_git(root: Path) -> str:
    """The address that this user commits under, else the name; empty where git knows neither."""
    try:
        with git.Repo(root, search_parent_directories=True).config_reader() as config:
            return str(config.get_value("user", "email", "") or config.get_value("user", "name", "")).strip()
    except (git.InvalidGitRepositoryError, git.NoSuchPathError, OSError, ValueError):
        return ""


def _login() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a number that no user has
        return str(os.getuid())
