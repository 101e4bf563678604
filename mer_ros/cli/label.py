"""The command ``mer_ros label``: what people say about the segments that a robot kept."""

from pathlib import Path

import click


@click.command()
@click.argument('folder', type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option('--list', 'only_list', is_flag=True, help='List the segments and exit.')
@click.option('--set', 'given', type=(str, str), metavar='ID LABEL', multiple=True,
              help='Label a segment; may be repeated.')
@click.option('--delete', 'unwanted', metavar='ID', multiple=True,
              help='Delete a segment and its files; may be repeated.')
@click.option('--delete-all', is_flag=True, help='Delete all segments and their files.')
def label(folder: Path, *, only_list: bool, given: tuple[tuple[str, str], ...],
          unwanted: tuple[str, ...], delete_all: bool) -> None:
    """Label the segments that nodes collected in FOLDER (parameter collect.folder).

    Asks for the label of one segment after the other, the most uncertain first, shows the path of
    its image, sound or text, and stores each answer at once.  The prediction of the model is shown
    only after the answer, to avoid bias.
    """
    from mer_ros.cli import label_run as labelling
    from mer_ros.engines.segment_folder import Collection

    if sum(map(bool, (only_list, given, unwanted, delete_all))) > 1:
        raise click.UsageError('give one of --list, --set, --delete and --delete-all')
    collection = Collection(folder)
    if only_list:
        labelling.show(collection)
    elif given:
        labelling.set_labels(collection, dict(given))
        click.echo(f'{len(dict(given))} labelled')
    elif unwanted or delete_all:
        ids = None if delete_all else unwanted
        click.echo(f'{labelling.delete(collection, ids)} deleted')
    else:
        labelling.ask(collection)
