"""The roster: who is on duty when, its changes, and its files."""
