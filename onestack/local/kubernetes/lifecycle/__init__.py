"""What is done to objects: create, update, read, delete, and waiting."""
