"""The screens, the API and the command line. The only package that knows Flask."""
