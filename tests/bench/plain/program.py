"""A Pulumi program as people write it: a resource per object, awaited in each, no order of ours.

Copied as ``__main__.py`` beside the folder of objects; knows nothing of onestack.
"""

from pathlib import Path
from typing import Any

import pulumi
import yaml


def name(body: dict[str, Any]) -> str:
    """The resource's name."""
    metadata = body["metadata"]
    return "/".join(part for part in (metadata.get("namespace"), metadata["name"]) if part)


def token(body: dict[str, Any]) -> str:
    """The resource's type."""
    version = body["apiVersion"]
    return f"kubernetes:{version if '/' in version else 'core/' + version}:{body['kind']}"


namespaces: dict[str, pulumi.Resource] = {}
for file in sorted(Path("objects").glob("*.yaml")):
    for body in yaml.safe_load_all(file.read_text()):
        needs = namespaces.get(body["metadata"].get("namespace", ""))
        options = pulumi.ResourceOptions(depends_on=[needs] if needs else None)
        made = pulumi.CustomResource(token(body), name(body), body, options)
        if body["kind"] == "Namespace":
            namespaces[body["metadata"]["name"]] = made
