"""Migrations of the Matrix adapter's table."""
