"""``python -m onestack``."""

from onestack.cli import main

main()
