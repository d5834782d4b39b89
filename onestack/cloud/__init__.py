"""Google Cloud's own interfaces, as far as a stack's state needs them: buckets, objects, keys."""
