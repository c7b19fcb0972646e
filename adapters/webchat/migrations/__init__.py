"""Migrations of the web chat's table."""
