"""Secret values taken out of any text that goes out, in whatever form they stand there. Pure."""

from onestack.masking.mask import MASKED, NOTHING, Mask

__all__ = ["MASKED", "NOTHING", "Mask"]
