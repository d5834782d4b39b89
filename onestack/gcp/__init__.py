"""Google Cloud as values: what a stack's settings say of it, and the rules that Google has for them.

Pure: nothing here asks Google, reads a file or knows Pulumi.
"""
