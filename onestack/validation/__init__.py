"""What can be said of manifests without a cluster: schemas, references, namespaces, secrets. Pure."""
