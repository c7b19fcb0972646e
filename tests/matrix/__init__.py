"""A real Matrix homeserver for tests, and people who chat on it."""
