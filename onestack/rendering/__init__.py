"""What an application's folder holds becomes YAML text: read, built with Kustomize, or rendered with Helm."""
