"""How subjects and phases are called, in results and in reports."""

from typing import Final

PLANE: Final = "control plane"
OURS: Final = "onestack"
KUBECTL: Final = "kubectl"
KAPP: Final = "kapp"
PLAIN: Final = "plain pulumi"
CHECKING: Final = "checking"
SUBJECTS: Final = (OURS, KUBECTL, KAPP, PLAIN)

START: Final = "control plane start"
START_AGAIN: Final = "control plane start again"
UP: Final = "first up"
READY: Final = "then until ready"
NO_OP: Final = "no-op preview"
CHANGE_PREVIEW: Final = "one change: preview"
CHANGE_UP: Final = "one change: up"
DESTROY: Final = "destroy"
PHASES: Final = (UP, READY, NO_OP, CHANGE_PREVIEW, CHANGE_UP, DESTROY)

CHECK: Final = "onestack check"
CHECK_STACKS: Final = "onestack check of three stacks"
KUBECONFORM: Final = "kubeconform"
CHECKS: Final = (CHECK, CHECK_STACKS, KUBECONFORM)
