"""The commands `mer_ros models ...`: the weights of the larger models, and ONNX files of them."""

from __future__ import annotations

from pathlib import Path

import click


@click.group()
def models() -> None:
    """List, fetch, check, count and export the larger models."""


@models.command('list')
def list_weights() -> None:
    """Show which weights exist, under which licence, and which are on this machine."""
    from mer_ros.models.weights import weights_report

    weights_report.show()


@models.command()
@click.argument('names', nargs=-1, metavar='NAME...')
@click.option('--profile', help='Fetch all that a profile needs.')
@click.option('--offline', is_flag=True, help='Refuse to use the network.')
def download(names: tuple[str, ...], profile: str | None, offline: bool) -> None:
    """Fetch weights into the cache, and check them."""
    from mer_ros.models.weights import weights_report

    if bool(names) == (profile is not None):
        raise click.UsageError('give either names or --profile')
    raise SystemExit(weights_report.fetch(names, profile=profile, offline=offline))


@models.command()
@click.argument('names', nargs=-1, metavar='[NAME]...')
def verify(names: tuple[str, ...]) -> None:
    """Read the weights on this machine, all by default, and hold them against their checksums."""
    from mer_ros.models.weights import weights_report

    raise SystemExit(weights_report.verify_all(names))


@models.command()
def count() -> None:
    """Count the parameters of the first paper's models, beside what the paper says."""
    from mer_ros.models.paper import parameter_count

    parameter_count.show()


@models.command()
@click.argument('name')
@click.option('--out', type=click.Path(file_okay=False, path_type=Path), required=True,
              help='Folder for the ONNX file.')
@click.option('--path', 'weights', type=click.Path(exists=True, path_type=Path),
              help='Folder or file of weights elsewhere than in the cache.')
@click.option('--dtype', type=click.Choice(['fp32', 'fp16', 'bf16', 'int8']), default='fp32',
              show_default=True, help='Numbers that the weights are stored in.')
def export(name: str, out: Path, weights: Path | None, dtype: str) -> None:
    """Write a model whose weights are here as an ONNX file that runs without torch."""
    from mer_ros.cli.export_run import export_model

    written = export_model(name, out, path=weights, dtype=dtype)
    click.echo(f'{written} ({written.stat().st_size / 1e6:.1f} MB)')
