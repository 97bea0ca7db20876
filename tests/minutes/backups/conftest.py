"""A city with a published and an unpublished meeting, and a key to read its backups with."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from pyrage.x25519 import Identity
from sqlalchemy import Engine

from meetings.config import Config
from meetings.settings.server import StorageSettings
from minutes.backups import keys, making, restoring
from minutes.backups.keys import Recipients
from minutes.backups.making import MadeBackup
from minutes.backups.restoring import Restored
from tests.world import World


@dataclass
class Vault:
    """Where backups of the city go, and a second home into which they come back."""

    config: Config
    path: Path
    recipients: Recipients
    identities: Sequence[Identity]

    @property
    def elsewhere(self) -> Config:
        return second_home(self.config)

    def make(self, **how: bool) -> MadeBackup:
        return making.make(self.config, self.path, self.recipients, **how)

    def restore(self, at: str = "") -> Restored:
        return restoring.restore(self.elsewhere, self.path, self.identities, at)


def second_home(config: Config) -> Config:
    home = config.home.with_name("second-home")
    return replace(config, storage=StorageSettings(home=str(home)))


@pytest.fixture
def vault(config: Config, engine: Engine, world: World, tmp_path: Path) -> Vault:
    file = tmp_path / "key"
    public = keys.make(file)
    return Vault(config, tmp_path / "target", Recipients((public,)), keys.read(file))
