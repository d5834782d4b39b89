"""Seconds by number of objects, a panel per phase, a line per subject."""

from __future__ import annotations

import io

import matplotlib as mpl
from matplotlib.figure import Figure

from tests.bench import names
from tests.bench.ratio import seconds
from tests.bench.results import Results


def plot(results: Results) -> bytes:
    """An SVG, the same for the same results."""
    phases = [phase for phase in names.PHASES if phase != names.READY]
    figure = Figure(figsize=(13, 3.4), layout="constrained")
    panels = figure.subplots(1, len(phases), squeeze=False)[0]
    sizes = results.sizes()
    for panel, phase in zip(panels, phases, strict=True):
        panel.set(title=phase, xlabel="objects")
        for subject in names.SUBJECTS:
            found = {size: one for size in sizes if (one := seconds(results, subject, size, phase))}
            if not found:
                continue
            below = [one.middle - one.least for one in found.values()]
            above = [one.most - one.middle for one in found.values()]
            middles = [one.middle for one in found.values()]
            panel.errorbar([*found], middles, yerr=[below, above], marker="o", capsize=3, label=subject)
            panel.set(xscale="log", yscale="log")
            panel.set_xticks(sizes, [str(size) for size in sizes])
        panel.minorticks_off()
        panel.grid(visible=True, alpha=0.3)
    panels[0].set_ylabel("seconds")
    if panels[0].lines:
        panels[0].legend()
    drawn = io.BytesIO()
    with mpl.rc_context({"svg.hashsalt": "onestack"}):
        figure.savefig(drawn, format="svg", metadata={"Date": None})
    return drawn.getvalue()
