"""The sections of config.toml, each a frozen dataclass that pydantic checks."""
