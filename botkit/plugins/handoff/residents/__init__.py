"""What residents cause: cases opened, added to, withdrawn; what they are told; what is kept of them."""
