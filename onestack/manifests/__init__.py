"""What a team keeps under ``manifests/``, read strictly into a list of checked, ordered objects. Pure."""
