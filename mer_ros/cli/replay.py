"""``mer_ros replay``: publish a bag, or report what can be perceived in it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from mer_ros.cli.options import EXISTING, FOLDER


@click.command()
@click.argument('bag', type=EXISTING)
@click.option('--rate', default=1.0, show_default=True, help='Playback rate.')
@click.option('--start', default=0.0, show_default=True, help='Offset from the beginning (s).')
@click.option('--loop', is_flag=True, help='Restart at the end, until interrupted.')
@click.option('--clock/--no-clock', default=True, show_default=True, help='Publish /clock.')
@click.option('--topic', 'topics', multiple=True,
              help='Replay only this topic; with --report: MODALITY=/TOPIC; may be repeated.')
@click.option('--remap', 'remaps', multiple=True, metavar='OLD:=NEW', help='Rename a topic.')
@click.option('--reliable', is_flag=True,
              help='Publish every topic RELIABLE, so that no message is lost.')
@click.option('--report', is_flag=True,
              help='Do not publish: analyze the bag and show the result.')
@click.option('--output', type=FOLDER, default=Path('analysis'), show_default=True,
              help='With --report: folder for states.json and timeline.png.')
@click.option('--profile', default='lite', show_default=True, help='With --report: models to use.')
@click.option('--people', type=click.Choice(['one', 'many']), default='one', show_default=True,
              help='With --report: one = the largest face, many = track every face.')
@click.pass_context
def replay(context: click.Context, /, bag: Path, remaps: tuple[str, ...], *, report: bool,
           output: Path, profile: str, people: str, **options: Any) -> None:
    """Publish a bag with its timing and clock, or analyze it (--report)."""
    of_a_report = {'output', 'profile', 'people'}
    of_both = {'bag', 'report', 'topics'}
    given = {name for name in context.params
             if context.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    given -= of_both
    if misplaced := given - of_a_report if report else given & of_a_report:
        raise click.UsageError(f'{sorted(misplaced)}: with --report give only '
                               f'{sorted(of_a_report | {"topics"})}, without it only the others')
    if report:
        from mer_ros.bags.choose_topics import parse_topics
        from mer_ros.evaluation.analyze import analyze

        analyze(bag, output=output, profile=profile, people=people,
                topics=parse_topics(options['topics']))
        return
    from mer_ros.nodes.replay.replay_node import replay_bag

    pairs = [remap.split(':=') for remap in remaps]
    if any(len(pair) != 2 for pair in pairs):
        raise click.BadParameter(f'{list(remaps)}: write each as OLD:=NEW', param_hint='--remap')
    count = replay_bag(bag, remaps=dict(pairs), **options)
    click.echo(f'{count} messages published')
