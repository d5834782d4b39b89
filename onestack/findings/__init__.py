"""What checks found, for people (`text`), for programs (`document`) and for GitHub (`github`). Pure."""
