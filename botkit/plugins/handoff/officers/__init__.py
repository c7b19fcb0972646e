"""What officers do to cases, whom pages ask, and what comes due."""
