"""Options for what a component is made of."""

from __future__ import annotations

from typing import Any

import pulumi


def within(
    parent: pulumi.ComponentResource, opts: pulumi.ResourceOptions | None, **more: Any
) -> pulumi.ResourceOptions:
    """Makes a resource a child of ``parent``, behind all that ``opts``, the component's, says to wait for.

    Pulumi hands on the provider to children, but not what their parent depends on. ``more`` are further
    options, by their names in `pulumi.ResourceOptions`.

    What is replaced is made before the old one goes. The provider would do it the other way round wherever
    a name is the same (https://www.pulumi.com/docs/iac/concepts/options/deletebeforereplace), and take down
    with it what stands on it; here a name is another one where both would be in the same place.
    """
    own = pulumi.ResourceOptions(
        parent=parent, depends_on=opts.depends_on if opts else None, delete_before_replace=False
    )
    return pulumi.ResourceOptions.merge(own, pulumi.ResourceOptions(**more))
