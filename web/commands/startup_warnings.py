"""Warnings that whoever starts the server must know, said in its log."""

import logging

from meetings import cell
from meetings.config import Config
from minutes import health
from minutes.health import Level
from models.database import connect, reading
from web.demo import accounts as demo_accounts

LOG = logging.getLogger(__name__)


def warn_of_certificates(config: Config) -> None:
    for finding in health.certificate(config):
        if finding.level != Level.FINE:
            LOG.warning("%s: %s", finding.level.label, finding.sentence)


def warn_of_demo(config: Config) -> None:
    with reading(connect(config.database)) as session:
        for finding in demo_accounts.finding(config, session):
            LOG.warning("%s: %s", finding.level.label, finding.sentence)


def warn_of_missing_walls() -> None:
    if warning := cell.warning():
        LOG.warning(warning)
