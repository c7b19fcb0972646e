"""The desk's pages of cases."""
