"""A trial to look at, with what hostile hands could write into each of its texts."""

from __future__ import annotations

from onestack.acceptance import Case, Results
from onestack.trial import Said, Step, Trial, Tried, WayBack

HOSTILE = (
    "```\n|</code></details><script>alert(1)</script> -->![x](http://evil.example/x.png) [y](javascript:z) "
    "@everybody owner/repo#1 http://evil.example www.evil.example a@evil.example &lt; **b** _c_ ~~d~~ "
    "\u202eabc \x1b[31m ::error::"
)


def trial(said: str = "web:2", **changed: object) -> Trial:
    """One that came up and loses something on its way back."""
    values: dict[str, object] = {
        "stack": "test",
        "base": Tried("a" * 40, said),
        "revision": Tried("b" * 40, said, changed=True),
        "steps": (
            Step("base", "done", seconds=1.25),
            Step("revision", "done", seconds=2.0),
            Step("acceptance", "done", seconds=0.5),
            Step("way back", "done", seconds=3.0),
        ),
        "acceptance": Results(
            (Case(f"test_{said}"[:300], "passed", seconds=0.1), Case("b", "skipped", said))
        ),
        "way_back": WayBack("lossy", (Said(said, said),)),
        "unseen": (Said(said, said),),
    }
    return Trial(**(values | changed))  # type: ignore[arg-type]


def failed(said: str = "no") -> Trial:
    """One whose revision doesn't come up."""
    return trial(
        said,
        steps=(Step("base", "done"), Step("revision", "failed", said), Step("way back", "done")),
        refused=(Said(f"Service {said}", said),),
        not_ready=(Said(f"Deployment {said}", said),),
        acceptance=Results(),
    )
