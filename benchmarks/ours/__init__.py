"""This project's own measurements."""
