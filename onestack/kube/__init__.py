"""The Kubernetes API over HTTP: where it is, how to ask it, and what it serves."""
