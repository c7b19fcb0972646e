"""Curation: the pages on which maintainers keep the directory true."""
