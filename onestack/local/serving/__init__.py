"""What the offline provider plugins share: the protocol, the process, the engine's log."""
