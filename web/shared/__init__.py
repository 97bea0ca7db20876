"""What screens and API share: forms read, files received and sent, addresses made."""
