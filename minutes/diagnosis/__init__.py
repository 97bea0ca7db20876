"""What is wrong with an installation, before anybody can start it: `gijido doctor`."""
