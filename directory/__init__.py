"""The service directory: what residents may be told, where it comes from, and how it is found."""
