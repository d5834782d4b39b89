"""Cuts what our stand-in checks out of GitHub's published description of its interface.

Use: ``python -m tests.stand_ins.refresh_description FOLDER``, with the unpacked npm package
``@octokit/openapi`` (MIT) in FOLDER. Writes ``tests/data/github/api.json.gz``: the operations named
here with the schemas that they use, as JSON Schema, without descriptions and examples.
"""

from __future__ import annotations

import gzip
import json
import re
import sys
from pathlib import Path
from typing import Any, Final

DESCRIPTION: Final = Path(__file__).parents[1] / "data" / "github" / "api.json.gz"

_REPO: Final = "/repos/{owner}/{repo}"
OPERATIONS: Final = (
    ("get", "/user"),
    ("get", "/orgs/{org}/teams/{team_slug}/members"),
    ("get", _REPO),
    ("get", f"{_REPO}/pulls"),
    ("post", f"{_REPO}/pulls"),
    ("get", f"{_REPO}/pulls/{{pull_number}}"),
    ("put", f"{_REPO}/pulls/{{pull_number}}/merge"),
    ("get", f"{_REPO}/pulls/{{pull_number}}/reviews"),
    ("get", f"{_REPO}/commits/{{commit_sha}}/pulls"),
    ("get", f"{_REPO}/commits/{{ref}}/statuses"),
    ("post", f"{_REPO}/statuses/{{sha}}"),
    ("get", f"{_REPO}/issues/{{issue_number}}/comments"),
    ("post", f"{_REPO}/issues/{{issue_number}}/comments"),
    ("patch", f"{_REPO}/issues/comments/{{comment_id}}"),
    ("delete", f"{_REPO}/issues/comments/{{comment_id}}"),
    ("get", f"{_REPO}/deployments"),
    ("post", f"{_REPO}/deployments"),
    ("get", f"{_REPO}/deployments/{{deployment_id}}/statuses"),
    ("post", f"{_REPO}/deployments/{{deployment_id}}/statuses"),
    ("get", f"{_REPO}/git/ref/{{ref}}"),
    ("post", f"{_REPO}/git/refs"),
)
_WORDS: Final = {"description", "example", "examples", "title", "externalDocs", "deprecated"}
_SCHEMA: Final = re.compile(r"#/components/schemas/(.+)")


def cut(package: Path) -> dict[str, Any]:
    """The description in short: ``source``, ``operations`` by method and path, and ``schemas``."""
    whole = json.loads((package / "generated" / "api.github.com.json").read_text())
    version = json.loads((package / "package.json").read_text())["version"]
    operations = {
        f"{method} {path}": _operation(whole, whole["paths"][path][method]) for method, path in OPERATIONS
    }
    return {
        "source": f"@octokit/openapi {version}, api.github.com, MIT",
        "operations": operations,
        "schemas": _used(whole, operations),
    }


def _operation(whole: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any]:
    parameters = [_resolved(whole, one) for one in operation.get("parameters", ())]
    body = operation.get("requestBody")
    return {
        "parameters": [
            {
                "name": one["name"],
                "in": one["in"],
                "required": one.get("required", False),
                "schema": _plain(one["schema"]),
            }
            for one in parameters
        ],
        "body": body and {"required": body.get("required", False), "schema": _json_of(body)},
        "responses": {
            status: _json_of(_resolved(whole, response))
            for status, response in operation["responses"].items()
        },
    }


def _resolved(whole: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    """A parameter or response, wherever it is described."""
    if "$ref" not in value:
        return value
    found: Any = whole
    for part in value["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


def _json_of(described: dict[str, Any]) -> Any:
    schema = described.get("content", {}).get("application/json", {}).get("schema")
    return None if schema is None else _plain(schema)


def _used(whole: dict[str, Any], operations: Any) -> dict[str, Any]:
    used: dict[str, Any] = {}
    waiting = _named(operations)
    while waiting:
        name = waiting.pop()
        if name not in used:
            used[name] = _plain(whole["components"]["schemas"][name])
            waiting |= _named(used[name])
    return dict(sorted(used.items()))


def _named(value: Any) -> set[str]:
    return set(re.findall(r'"#/\$defs/([^"]+)"', json.dumps(value)))


def _plain(schema: Any) -> Any:
    """OpenAPI's dialect as JSON Schema: what may be null says so in its type, references lead to $defs."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    if found := _SCHEMA.fullmatch(str(schema.get("$ref", ""))):
        return {"$ref": f"#/$defs/{found[1]}"}
    kept = {
        key: {name: _plain(one) for name, one in value.items()} if key == "properties" else _plain(value)
        for key, value in schema.items()
        # A property may be called like one of these; as keywords they are dropped where they are words.
        if not (key in _WORDS or key.startswith("x-") or key in {"nullable", "readOnly"})
    }
    return {"anyOf": [kept, {"type": "null"}]} if schema.get("nullable") else kept


if __name__ == "__main__":
    text = json.dumps(cut(Path(sys.argv[1])), separators=(",", ":"), sort_keys=True)
    DESCRIPTION.parent.mkdir(parents=True, exist_ok=True)
    DESCRIPTION.write_bytes(gzip.compress(text.encode(), mtime=0))
    sys.stdout.write(f"{DESCRIPTION}: {len(text)} bytes, {DESCRIPTION.stat().st_size} compressed\n")
