"""The programs onestack works with: found on PATH, downloaded by their makers, or built here."""

from onestack.local.toolchain.catalogue import ALL
from onestack.local.toolchain.ensure import ensure
from onestack.local.toolchain.found import FoundTool, MissingTool, Source, Toolchain
from onestack.local.toolchain.here import here
from onestack.local.toolchain.places import prepared_pulumi_home
from onestack.local.toolchain.prune import prune
from onestack.local.toolchain.published import Pruned
from onestack.local.toolchain.table import Row, document, pruned_document, pruned_lines, rows

__all__ = [
    "ALL",
    "FoundTool",
    "MissingTool",
    "Pruned",
    "Row",
    "Source",
    "Toolchain",
    "document",
    "ensure",
    "here",
    "prepared_pulumi_home",
    "prune",
    "pruned_document",
    "pruned_lines",
    "rows",
]
