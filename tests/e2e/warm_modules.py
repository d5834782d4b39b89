"""What `tests.e2e.warm` has imported before a command begins: all verbs, and what they import late."""

from importlib import import_module
from pkgutil import iter_modules

import cel  # noqa: F401
import github  # noqa: F401
import google.auth.transport.requests  # noqa: F401
import slack_sdk.webhook  # noqa: F401

import onestack.cli
import onestack.cloud.storage
import onestack.forge
import onestack.notify
import onestack.plan.schema
import onestack.records.bucket
import onestack.revision
import onestack.rollout.github
import onestack.rollout.parties
import onestack.rollout.slack
import onestack.rollout.table
from onestack.manifests.scope import builtin

for module in iter_modules(onestack.cli.__path__):
    import_module(f"{onestack.cli.__name__}.{module.name}")
builtin()
