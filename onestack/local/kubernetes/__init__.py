"""The offline Kubernetes provider: stands in for the official plugin where that can't be had.

Run as ``python -m onestack.local.kubernetes``, it serves ``pulumirpc.ResourceProvider`` to the
Pulumi engine and behaves as pulumi-resource-kubernetes 4.34.2 in server-side apply mode does:
same ids, same state, same previews with the same leniencies, same words in its errors. A stack
moves from one to the other without a change being planned.

Not served, each with an error that says so: Helm releases and charts, Kustomize and YAML
components (``yaml.v2.ConfigGroup`` and the like), invokes, client-side apply, and rendering to a
folder.
"""

VERSION = "4.34.2"
"""The official plugin's version whose behaviour this is; that of the installed pulumi_kubernetes."""

NAME = "pulumi-resource-kubernetes"
