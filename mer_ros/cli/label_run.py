"""What `mer_ros label` does: list, label and delete the segments of a collection."""

from collections import Counter
from collections.abc import Collection as Some
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import click
from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from mer_ros.data import NANOSECONDS
from mer_ros.emotions import EMOTIONS
from mer_ros.engines.segment_folder import Collection, Item
from mer_ros.printable import printable

SKIP, QUIT = 's', 'q'
"""Answers that are no label."""

LONGEST_WORDS = 2000
"""The most characters of what was said that are shown."""

CHOICES = ', '.join(f'{number} {label}' for number, label in enumerate(EMOTIONS, start=1))
"""The labels that may be given, as people are asked for them."""


def read_label(text: str) -> str:
    """Return the emotion that is meant by its name, the beginning of it, or its number from 1 on.

    Raises ValueError, with all of them, where it is none or several begin so.
    """
    word = text.strip().lower()
    if word.isdecimal() and 1 <= int(word) <= len(EMOTIONS):
        return EMOTIONS[int(word) - 1]
    fitting = [label for label in EMOTIONS if word and label.startswith(word)]
    if len(fitting) != 1:
        raise ValueError(f'{text!r} is no label; give the name or the number of one: {CHOICES}')
    return fitting[0]


def show(collection: Collection) -> None:
    """Print a table of the segments, the most uncertain first."""
    items = _by_doubt(collection)
    labelled = sum(bool(item.label) for item in items)
    table = Table(title=f'{collection.folder}: {len(items)} segments, {labelled} labelled',
                  box=box.SIMPLE_HEAD, collapse_padding=True, pad_edge=False, title_justify='left')
    for column in ('id', 'time', 'modality', 'person', 'bits', 'u', 'predicted', 'label', 'media'):
        table.add_column(column, justify='right' if column in ('bits', 'u') else 'left',
                         no_wrap=column != 'person', overflow='fold')
    for item in items:
        media = ' '.join(name.rpartition('.')[2] for name in item.media.split())
        table.add_row(item.id, _time(item), escape(item.modality), escape(item.person_id),
                      f'{item.entropy:.2f}', f'{item.uncertainty:.2f}', escape(item.predicted),
                      f'[bold]{escape(item.label)}[/]', media)
    Console().print(table)
    if collection.broken:
        click.echo(f'{collection.broken} lines of the index are no segments and are left out')


def set_labels(collection: Collection, labels: Mapping[str, str]) -> None:
    """Give segments their labels by id; all of them, or none where one cannot be.

    Raises ValueError for an unknown id or label.
    """
    known = {name: read_label(text) for name, text in labels.items()}
    with collection.edit() as items:
        _check_ids(collection, items, known)
        for name, label in known.items():
            items[name] = replace(items[name], label=label)


def delete(collection: Collection, ids: Some[str] | None) -> int:
    """Delete segments by id, None is all of them, and return how many there were.

    Raises ValueError for an unknown id; then nothing is deleted.
    """
    if ids is None:
        return collection.delete_all()
    with collection.edit() as items:
        gone = set(ids)
        _check_ids(collection, items, gone)
        for name in gone:
            del items[name]
    collection.sweep()
    return len(gone)


def ask(collection: Collection) -> None:
    """Ask for the label of each segment that has none, the most uncertain first."""
    waiting = [item for item in _by_doubt(collection) if not item.label]
    if not waiting:
        click.echo('every segment has a label')
        return
    click.echo(f'{len(waiting)} segments without a label.  Answer with a name or a number:\n'
               f'{CHOICES}; {SKIP} skips one, {QUIT} ends.')
    done: Counter[str] = Counter()
    for number, item in enumerate(waiting, start=1):
        click.echo(f'\n{number}/{len(waiting)}  {item.id}  {item.modality} at {_time(item)}, '
                   f'{item.entropy:.2f} bits')
        for line in _media(collection, item):
            click.echo(f'  {line}')
        answer = click.prompt('  label', value_proc=_read_answer)
        if answer == QUIT:
            break
        if answer == SKIP:
            continue
        try:
            set_labels(collection, {item.id: answer})
        except ValueError as error:  # it made room, or was deleted, while somebody thought
            click.echo(f'  {error}')
            continue
        done['labelled'] += 1
        done['as predicted'] += answer == item.predicted
        click.echo(f'  {answer}; the model took it for {item.predicted}')
    click.echo(f'\n{done["labelled"]} labelled, {done["as predicted"]} of them as the model '
               f'predicted')


def _read_answer(text: str) -> str:
    word = text.strip().lower()
    if word in (SKIP, QUIT):
        return word
    try:
        return read_label(text)
    except ValueError as error:
        raise click.UsageError(f'{error}; {SKIP} skips, {QUIT} ends') from error


def _media(collection: Collection, item: Item) -> list[str]:
    """Return where its media lie, and the words themselves."""
    if not item.media:
        return ['no media were kept (collect.media)']
    lines = []
    for name in item.media.split():
        if name.endswith('.txt'):
            words = collection.read(name).decode('utf-8', 'replace')
            lines.append(f'"{printable(words, LONGEST_WORDS)}"')
        else:
            lines.append(str(collection.folder / name))
    return lines


def _by_doubt(collection: Collection) -> list[Item]:
    return sorted(collection.items(), key=lambda item: -item.entropy)


def _check_ids(collection: Collection, items: Mapping[str, Item], ids: Some[str]) -> None:
    unknown = sorted(set(ids) - items.keys())
    if unknown:
        raise ValueError(f'{collection.folder} holds no segments {unknown}; '
                         f'`mer_ros label {collection.folder} --list` shows those that it holds')


def _time(item: Item) -> str:
    return f'{datetime.fromtimestamp(item.stamp // NANOSECONDS):%m-%d %H:%M:%S}'
