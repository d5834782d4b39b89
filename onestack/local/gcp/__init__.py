"""A simulated Google Cloud: the stand-in for the official provider plugin, and clusters that are real."""
