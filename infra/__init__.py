"""What an environment has in the cloud, composed from components into one Platform value."""
