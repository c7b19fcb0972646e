"""Other bot frameworks, used as their own documentation says; they live in an environment of their own."""
