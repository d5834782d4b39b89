"""The offline Google Cloud provider: stands in for the official plugin where that can't be had.

Run as ``python -m onestack.local.gcp``, it serves ``pulumirpc.ResourceProvider`` to the Pulumi
engine. Nothing is made at Google: a project is one JSON file below the folder that the environment
variable ONESTACK_SIMULATION names. What the types are, what they require, what replaces them and
what Google fills in stands in ``types/*.yaml``, one file per service; a type that isn't there is
refused, and so is every invoke.

The table was read from the provider's own schemas (hashicorp/terraform-provider-google 7.45, the
version behind pulumi-gcp 10.2). What it leaves out, on purpose: node pools inside a cluster's own
inputs, inputs that only the beta provider has, write-only inputs, labels that the provider adds by
configuration, and Google's checks beyond those in ``rules.py`` and ``gke.py``.
"""

from typing import Final

NAME: Final = "pulumi-resource-gcp"
SDK: Final = "pulumi_gcp"
