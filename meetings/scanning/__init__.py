"""The city's virus scanner looks over every file from outside before anything opens it; what it
finds is set apart, and an administrator decides."""
