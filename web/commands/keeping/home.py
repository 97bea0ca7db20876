"""`gijido certificate` and `gijido migrate`: what lies in the home."""

import click

from meetings import certificates
from meetings.config import Config
from meetings.disk import home


@click.command("certificate")
@click.argument("host")
@click.option("--more", multiple=True, help="Another name or IP address of the server.")
@click.pass_obj
def make_certificate(config: Config, host: str, more: tuple[str, ...]) -> None:
    """Make a certificate for HOST by an authority of the city's own, or renew it."""
    certificate, key = certificates.make_certificate(config, [host, *more])
    click.echo("証明書をつくりました。config.toml の [server] に次の2行を書いてください。")
    click.echo(f'tls_certificate = "{certificate}"')
    click.echo(f'tls_key = "{key}"')
    click.echo(
        f"端末への登録のしかたは、起動してから https://{host}:{config.server.port}/trust へ。"
    )


@click.command("migrate")
@click.pass_obj
def migrate_database(config: Config) -> None:
    """Bring the database to the newest tables."""
    home.prepare(config)
