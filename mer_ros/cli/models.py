"""The commands `mer_ros models ...`: the weights of the larger models, and ONNX files of them."""

from pathlib import Path

import click


@click.group()
def models() -> None:
    """List, download, verify, count and export the larger models."""


@models.command('list')
def list_weights() -> None:
    """List the known weights, their licences, and whether they are on this machine."""
    from mer_ros.models.weights import weights_report

    weights_report.show()


@models.command()
@click.argument('names', nargs=-1, metavar='NAME...')
@click.option('--profile', help='Download all weights of a profile.')
@click.option('--offline', is_flag=True, help='Do not use the network.')
def download(names: tuple[str, ...], profile: str | None, offline: bool) -> None:
    """Download weights into the cache and verify them."""
    from mer_ros.models.weights import weights_report

    if bool(names) == (profile is not None):
        raise click.UsageError('give either names or --profile')
    raise SystemExit(weights_report.fetch(names, profile=profile, offline=offline))


@models.command()
@click.argument('names', nargs=-1, metavar='[NAME]...')
def verify(names: tuple[str, ...]) -> None:
    """Verify the checksums of weights on this machine, all by default."""
    from mer_ros.models.weights import weights_report

    raise SystemExit(weights_report.verify_all(names))


@models.command()
def count() -> None:
    """Count the parameters of the first paper's models and compare with the paper."""
    from mer_ros.models.paper import parameter_count

    parameter_count.show()


@models.command()
@click.argument('name')
@click.option('--out', type=click.Path(file_okay=False, path_type=Path), required=True,
              help='Folder for the ONNX file.')
@click.option('--path', 'weights', type=click.Path(exists=True, path_type=Path),
              help='Folder or file of the weights, if not in the cache.')
@click.option('--dtype', type=click.Choice(['fp32', 'fp16', 'bf16', 'int8']), default='fp32',
              show_default=True, help='Data type of the weights.')
def export(name: str, out: Path, weights: Path | None, dtype: str) -> None:
    """Export a model to an ONNX file that runs without torch."""
    from mer_ros.cli.export_run import export_model

    written = export_model(name, out, path=weights, dtype=dtype)
    click.echo(f'{written} ({written.stat().st_size / 1e6:.1f} MB)')
