"""The ``mer_ros`` command: thin, one function a subcommand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from mer_ros import __version__
from mer_ros.label_cli import label
from mer_ros.models_cli import models
from mer_ros.train_cli import train

EXISTING = click.Path(exists=True, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


class Errors(click.Group):
    """Shows expected errors as one line instead of a traceback."""

    def invoke(self, context: click.Context) -> Any:
        """Run a subcommand; what the user can mend becomes a message and exit status 1."""
        try:
            return super().invoke(context)
        except click.exceptions.Exit:  # a RuntimeError by descent; --help of a subcommand ends so
            raise
        except (ValueError, OSError, RuntimeError, ImportError) as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=Errors)
@click.version_option(__version__)
def main() -> None:
    """Perceive the emotion of the people in front of a robot, and say how sure it is."""


main.add_command(models)
main.add_command(label)
main.add_command(train)


@main.command()
@click.option('--input', 'source', default='', help='Bag, video, audio or image file, or "camera".')
@click.option('--transcript', default='', help='Words that are spoken in a media file.')
@click.option('--output', type=FOLDER, default=Path('demo_output'), show_default=True,
              help='Folder for the emotion bag and the timeline.')
@click.option('--rate', default=1.0, show_default=True, help='Recorded seconds in a second.')
@click.option('--domain', type=click.IntRange(0, 232), help='ROS domain; random by default.')
def demo(source: str, **options: Any) -> None:
    """Run the whole graph on sample input, or on your own."""
    from mer_ros.demo import run_demo

    raise SystemExit(run_demo(source, **options))


@main.command(context_settings={'ignore_unknown_options': True})
@click.argument('ros_arguments', nargs=-1, type=click.UNPROCESSED)
def bringup(ros_arguments: tuple[str, ...]) -> None:
    """Run every node in one process; takes --ros-args."""
    from mer_ros.nodes.bringup import main as run

    raise SystemExit(run(['bringup', *ros_arguments]))


@main.command()
@click.argument('bag', type=EXISTING)
@click.option('--rate', default=1.0, show_default=True, help='Recorded seconds in a second.')
@click.option('--start', default=0.0, show_default=True, help='Seconds to leave out at first.')
@click.option('--loop', is_flag=True, help='Begin again after the end, until interrupted.')
@click.option('--clock/--no-clock', default=True, show_default=True, help='Publish /clock.')
@click.option('--topic', 'topics', multiple=True, help='Replay only this topic; may be repeated.')
@click.option('--remap', 'remaps', multiple=True, metavar='OLD:=NEW', help='Rename a topic.')
@click.option('--reliable', is_flag=True, help='Offer every topic RELIABLE: nothing is lost.')
@click.option('--report', is_flag=True,
              help='Publish nothing: perceive the bag here and show what was perceived.')
@click.option('--output', type=FOLDER, default=Path('analysis'), show_default=True,
              help='With --report: folder for states.json and timeline.png.')
@click.option('--profile', default='lite', show_default=True, help='With --report: models to use.')
@click.option('--people', type=click.Choice(['one', 'many']), default='one', show_default=True,
              help='With --report: judge the largest face, or follow every face.')
@click.pass_context
def replay(context: click.Context, bag: Path, remaps: tuple[str, ...], *, report: bool,
           output: Path, profile: str, people: str, **options: Any) -> None:
    """Publish a bag with its own timing and clock, or report what can be perceived in it."""
    of_a_report = {'output', 'profile', 'people'}
    given = {name for name in context.params
             if context.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    given -= {'bag', 'report'}
    if misplaced := given - of_a_report if report else given & of_a_report:
        raise click.UsageError(f'{sorted(misplaced)}: --report takes {sorted(of_a_report)} alone, '
                               f'playing takes the others')
    if report:
        from mer_ros.evaluation.analyze import analyze

        analyze(bag, output=output, profile=profile, people=people)
        return
    from mer_ros.nodes.replay import replay_bag

    pairs = [remap.split(':=') for remap in remaps]
    if any(len(pair) != 2 for pair in pairs):
        raise click.BadParameter(f'{list(remaps)}: write each as OLD:=NEW', param_hint='--remap')
    count = replay_bag(bag, remaps=dict(pairs), **options)
    click.echo(f'{count} messages published')


@main.command()
@click.argument('source', type=EXISTING)
@click.option('--transcript', default='', help='Words that are spoken in a media file.')
@click.option('--profile', default='lite', show_default=True, help='Models to use.')
@click.option('--preset', help='Fusion preset; that of the profile by default.')
@click.option('--output', type=FOLDER, default=Path('analysis'), show_default=True,
              help='Folder for states.json and timeline.png.')
@click.option('--people', type=click.Choice(['one', 'many']), default='one', show_default=True,
              help='Judge the largest face, or follow every face.')
def analyze(source: Path, **options: Any) -> None:
    """Perceive the emotions in a video, audio or image file, or a bag, without ROS."""
    from mer_ros.evaluation.analyze import analyze as run

    run(source, **options)


@main.command()
@click.option('--manifest', type=EXISTING, help='CSV with label and face, speech and/or text.')
@click.option('--dataset', help='Or a known data set; an unknown name lists them.')
@click.option('--bag', type=EXISTING, help='Or a bag with its truth in labels.csv.')
@click.option('--data', type=EXISTING, envvar='MER_ROS_DATA',
              help='Folder of the data sets, or of the corpus.')
@click.option('--split', default='test', show_default=True,
              help='Part of the data set; all clips of a corpus: all.')
@click.option('--limit', type=click.IntRange(min=1),
              help='A quick look at this many clips of a corpus, drawn at random.')
@click.option('--profile', default='lite', show_default=True, help='Models to use.')
@click.option('--preset', help='Fusion preset; that of the profile by default.')
@click.option('--corruptions', is_flag=True, help='Also measure worse and worse input.')
@click.option('--adapt', is_flag=True,
              help='Also judge voices against the same person\'s own, one after the other.')
@click.option('--json', 'json_file', type=click.Path(dir_okay=False, path_type=Path),
              help='Also write the report here.')
@click.option('--html', 'html_file', type=click.Path(dir_okay=False, path_type=Path),
              help='Also write the report here as a page with plots.')
def evaluate(**options: Any) -> None:
    """Measure the models and their fusion on labelled recordings.

    The corpora enterface, mead, meld, ravdess and crema_d go through the whole pipeline as video
    and sound: --data is the folder in which their published files lie.  The names ravdess and
    meld mean the sound and the words alone where --data holds these as prepared sets.

    The data set crema_d_votes measures the fusion alone, on what people saw and heard.
    """
    from mer_ros.evaluation.command import run_evaluation

    run_evaluation(**options)


@main.command()
@click.option('--data', type=EXISTING, envvar='MER_ROS_DATA',
              help='Folder of the data sets; their dev splits are used.')
@click.option('--manifest', type=EXISTING, help='Or a CSV with label and face, speech, text.')
@click.option('--bag', type=EXISTING, help='Or a bag with X/logits and its truth in labels.csv.')
@click.option('--profile', default='lite', show_default=True, help='Models to calibrate.')
@click.option('--risk', type=click.FloatRange(0, 1),
              help='Share of wrong labels that is acceptable; sets abstain.min_confidence.')
@click.option('--affine', is_flag=True,
              help='Also weigh the classes of each modality; wants some hundred recordings.')
@click.option('--out', type=click.Path(dir_okay=False, path_type=Path),
              default=Path('calibration.yaml'), show_default=True, help='File of parameters.')
def calibrate(**options: Any) -> None:
    """Fit how far each modality is trusted, as parameters for the fusion node."""
    from mer_ros.training.calibrate_run import run_calibration

    click.echo(run_calibration(**options))


@main.command()
@click.option('--namespace', default='', help='Namespace of the emotion topics.')
@click.option('--once', is_flag=True, help='Print everybody once and end; for scripts.')
@click.option('--timeout', default=10.0, show_default=True,
              help='Seconds to wait with --once; status 1 when nobody was perceived.')
def monitor(**options: Any) -> None:
    """Show the emotions that a running graph perceives, as live bars."""
    from mer_ros.monitor import run_monitor

    raise SystemExit(run_monitor(**options))


@main.command()
@click.option('--namespace', default='', help='Namespace of the emotion topics.')
@click.option('--host', default='127.0.0.1', show_default=True,
              help='Address to serve at; 0.0.0.0 lets the whole network look.')
@click.option('--port', type=click.IntRange(0, 65535), default=8765, show_default=True,
              help='Port to serve at; 0 chooses a free one.')
def dashboard(**options: Any) -> None:
    """Serve a web page that shows the perceived emotions live."""
    from mer_ros.dashboard.run import run_dashboard

    raise SystemExit(run_dashboard(**options))


@main.command()
def doctor() -> None:
    """Say what is installed, what is missing, and what to do."""
    from mer_ros.doctor import examine

    raise SystemExit(examine())
