"""A small store of named texts beside a stack's state: the ledger and the lease are kept in one."""

from onestack.records.place import at, beside
from onestack.records.store import Store, Stored

__all__ = ["Store", "Stored", "at", "beside"]
