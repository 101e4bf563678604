"""The command ``mer_ros label``: what people say about the segments that a robot kept."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument('folder', type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option('--list', 'only_list', is_flag=True, help='Show what is kept, and ask nothing.')
@click.option('--set', 'given', type=(str, str), metavar='ID LABEL', multiple=True,
              help='Give this segment this label; may be repeated.')
@click.option('--delete', 'unwanted', metavar='ID', multiple=True,
              help='Delete this segment and its files; may be repeated.')
@click.option('--delete-all', is_flag=True, help='Delete all segments and their files.')
def label(folder: Path, *, only_list: bool, given: tuple[tuple[str, str], ...],
          unwanted: tuple[str, ...], delete_all: bool) -> None:
    """Label what nodes kept in FOLDER, their parameter collect.folder.

    Asks for one segment after the other, the most uncertain first, says where its picture, sound
    or words lie, and stores each answer at once.  What the model took it for is not shown before
    the answer, so that it does not sway it.
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
