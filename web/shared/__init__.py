"""What screens and API share: reading forms, receiving and sending files, making addresses."""
