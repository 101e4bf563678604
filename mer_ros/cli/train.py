"""The command group ``mer_ros train``: thin, one function a model."""

from collections.abc import Callable
from importlib import import_module
import logging
from pathlib import Path
from typing import Any

import click

NEEDS = ('training needs more packages: pip install -r requirements/train.txt, and '
         '-r requirements/paper.txt for frame_selector')


@click.group()
def train() -> None:
    """Train a built-in model, or a model of a paper."""
    logging.basicConfig(level=logging.INFO, format='%(message)s')


def of_a_run(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options that every training has."""
    for option in reversed((
            click.option('--data', type=click.Path(exists=True, path_type=Path),
                         envvar='MER_ROS_DATA', required=True, help='Folder of the data sets.'),
            click.option('--out', type=click.Path(file_okay=False, path_type=Path),
                         default=Path('runs'), show_default=True,
                         help='Folder for the weights and the log.'),
            click.option('--seed', default=0, show_default=True, help='Random seed.'),
            click.option('--resume', is_flag=True,
                         help='Continue the interrupted run in the folder.'))):
        command = option(command)
    return command


def from_collected(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the option to learn from what a robot collected, too."""
    return click.option(
        '--from', 'collected', type=click.Path(exists=True, file_okay=False, path_type=Path),
        help='Folder of labelled segments from a robot, added to the training split.')(command)


def find_trainer(module: str, name: str) -> Callable[..., Any]:
    """Return a function of a module of the package; ImportError says what to install."""
    try:
        trainer: Callable[..., Any] = getattr(import_module(f'mer_ros.{module}'), name)
    except ImportError as error:
        raise ImportError(f'{error}; {NEEDS}') from error
    return trainer


@train.command('text')
@of_a_run
@from_collected
@click.option('--teacher', is_flag=True,
              help='Let a fine-tuned language model teach the networks (requirements/paper.txt and '
                   'teacher.txt).')
def _text(**options: Any) -> None:
    """Train the built-in text model."""
    find_trainer('training.text.train_text', 'train_text')(**options)


@train.command('speech')
@of_a_run
@from_collected
def _speech(**options: Any) -> None:
    """Train the built-in speech model."""
    find_trainer('training.speech.train_speech', 'train_speech')(**options)


@train.command('face')
@of_a_run
@from_collected
def _face(**options: Any) -> None:
    """Train the built-in face model."""
    find_trainer('training.face.train_face', 'train_face')(**options)


@train.command('active')
@click.argument('modality', type=click.Choice(('speech', 'face')))
@of_a_run
@click.option('--seeds', type=click.IntRange(min=1), default=3, show_default=True,
              help='Runs of each strategy.')
@click.option('--warm-up', type=click.IntRange(min=1),
              help='Epochs on the first samples, before the first query.')
def _active(modality: str, **options: Any) -> None:
    """Compare strategies of active learning: learning curves and a plot."""
    find_trainer('research.active.train_active', 'train_active')(modality, **options)


@train.command('frame_selector')
@of_a_run
@click.option('--start', type=click.Path(exists=True, file_okay=False, path_type=Path),
              help='Folder of the ResNet to start from; the downloaded resnet50 by default.')
@click.option('--epochs', type=click.IntRange(min=1), default=2, show_default=True,
              help='Number of epochs.')
@click.option('--rate', type=click.FloatRange(min=0.0, min_open=True), default=1e-4,
              show_default=True, help='Learning rate of Adam.')
@click.option('--batch', type=click.IntRange(min=1), default=32, show_default=True,
              help='Faces per step.')
@click.option('--device', type=click.Choice(['auto', 'cpu', 'gpu']), default='auto',
              show_default=True, help='Compute device.')
@click.option('--workers', type=click.IntRange(min=0), default=0, show_default=True,
              help='Number of data loading processes.')
@click.option('--as-printed', is_flag=True,
              help='No mirrored faces, and the last epoch instead of the best one on dev.')
def _frame_selector(**options: Any) -> None:
    """Train the frame selector of the first paper, on RAF-DB or any folder of faces."""
    find_trainer('training.face.train_frame_selector', 'train_frame_selector')(**options)


@train.command('response')
@click.option('--corpus', type=click.Path(exists=True, dir_okay=False, path_type=Path),
              required=True, help='CSV or TSV with words, reply, emotion, or with turns of '
                                  'dialogues (dialogue, turn, text, ekman7).')
@click.option('--model', type=click.Path(exists=True, file_okay=False, path_type=Path),
              required=True, help='Folder of the model to start from, such as DialoGPT or T5.')
@click.option('--out', type=click.Path(file_okay=False, path_type=Path), default=Path('runs'),
              show_default=True, help='Folder for the model, the figures and the log.')
@click.option('--epochs', type=click.IntRange(min=1), default=3, show_default=True,
              help='Number of epochs.')
@click.option('--rate', type=click.FloatRange(min=0.0, min_open=True), default=5e-5,
              show_default=True, help='Learning rate of AdamW.')
@click.option('--batch', type=click.IntRange(min=1), default=8, show_default=True,
              help='Exchanges per step.')
@click.option('--prompt', default='', help='Prompt with {emotion}, {feeling} and {words}; that of '
                                           'the generator by default.')
@click.option('--length', type=click.IntRange(min=2), default=128, show_default=True,
              help='Most tokens of a prompt and of a reply.')
@click.option('--samples', type=click.IntRange(min=1), default=200, show_default=True,
              help='Replies written for distinct-n and the safety rate.')
@click.option('--language', default='en', show_default=True, help='Language of the corpus.')
@click.option('--device', type=click.Choice(['auto', 'cpu', 'gpu']), default='auto',
              show_default=True, help='Compute device.')
@click.option('--seed', default=0, show_default=True, help='Random seed.')
@click.option('--resume', is_flag=True, help='Continue the interrupted run in the folder.')
def _response(**options: Any) -> None:
    """Fine-tune a dialogue model that answers emotions, for response_node."""
    find_trainer('training.response.train_response', 'train_response')(**options)


@train.command('avnet')
@of_a_run
@click.option('--dataset', type=click.Choice(['crema_d', 'ravdess']), required=True,
              help='The corpus in the folder.')
@click.option('--fold', default='all', show_default=True, help='Number of a fold, or all.')
@click.option('--epochs', default=100, show_default=True, help='Number of epochs.')
@click.option('--frames', default=1, show_default=True,
              help='Frames per segment averaged in the test.')
@click.option('--audio', type=click.Choice(['mel', 'wav2vec2']), default='mel', show_default=True,
              help='Front end of the audio branch.')
@click.option('--wav2vec2', type=click.Path(exists=True, file_okay=False, path_type=Path),
              help='Folder of the pretrained model, for --audio wav2vec2.')
@from_collected
@click.option('--as-printed', is_flag=True,
              help='Choose the epoch by the test people, as the paper does: optimistic figures.')
@click.option('--uncertain', is_flag=True,
              help='Algorithm 1: learn from a third of the people, and ask for the labels of the '
                   'most uncertain films; compared with other strategies and with all labels.')
@click.option('--strategy-of-asking', 'strategies', multiple=True,
              type=click.Choice(['entropy', 'margin', 'vacuity', 'random', 'all']),
              help='With --uncertain: a strategy to compare; may be repeated (default entropy, '
                   'margin, random, all).')
@click.option('--moved', type=click.IntRange(min=1),
              help='With --uncertain: films labelled before each epoch (default 20 for crema_d, '
                   '5 for ravdess).')
@click.option('--warm-up', type=click.IntRange(min=1), default=1, show_default=True,
              help='With --uncertain: epochs before anything is asked for.')
@click.option('--detector', help='Face detector; MTCNN by default (requirements/mtcnn.txt).')
@click.option('--cache', type=click.Path(file_okay=False, path_type=Path),
              help='Folder for preprocessed faces and sound.')
@click.option('--jobs', default=1, show_default=True, help='Number of preprocessing processes.')
@click.option('--workers', type=int, help='Number of data loading processes.')
@click.option('--device', type=click.Choice(['auto', 'cpu', 'gpu']), default='auto',
              show_default=True, help='Compute device.')
@click.option('--devices', help='Number of devices, or auto; default 1, or as set by torchrun.')
@click.option('--precision', default='32-true', show_default=True,
              help='Numeric precision, such as bf16-mixed.')
@click.option('--strategy', default='auto', show_default=True,
              help='Strategy for several devices, such as ddp.')
def _avnet(uncertain: bool, strategies: tuple[str, ...], moved: int | None, warm_up: int,
           **options: Any) -> None:
    """Train and test the audio-visual network, cross-validated over people."""
    if uncertain:
        unused = [name for name, usual in (('frames', 1), ('devices', None), (
            'precision', '32-true'), ('strategy', 'auto'), ('collected', None),
            ('as_printed', False))
            if options.pop(name) != usual]
        if unused:
            given = {'collected': 'from', 'as_printed': 'as-printed'}.get(unused[0], unused[0])
            raise click.UsageError(f'--{given} does not go with --uncertain')
        chosen = {'strategies': strategies} if strategies else {}
        options['workers'] = options['workers'] or 0
        find_trainer('research.avnet.train_uncertain', 'train_uncertain')(
            moved=moved, warm_up=warm_up, **chosen, **options)
        return
    if strategies or moved or warm_up != 1:
        raise click.UsageError('--strategy-of-asking, --moved and --warm-up go with --uncertain')
    report = find_trainer('research.avnet.train_avnet', 'train_avnet')(**options)
    if report:
        from rich.console import Console

        from mer_ros.evaluation.reports.report_terminal import below_each_other
        from mer_ros.research.avnet.avnet_tables import avnet_grids

        Console().print(below_each_other(avnet_grids(report)))


@train.command('lddu')
@of_a_run
@click.option('--dataset', default='goemotions', show_default=True,
              help='goemotions, brighter (and goemotions), synthetic (generated), mosei, '
                   'mosei_aligned (BERT), mosei_unaligned or m3ed.')
@click.option('--form', default='corrected', show_default=True,
              help='corrected, or paper = as printed, but without labels at test time.')
@click.option('--with', 'corrections', multiple=True, metavar='CORRECTION',
              help='A correction of the form paper; may be repeated, an unknown one lists them.')
@click.option('--without', 'leave_out', multiple=True, metavar='PART',
              help='Ablation: leave a part out (table 3 of the paper); may be repeated.')
@click.option('--compare/--no-compare', default=True, show_default=True,
              help='Also train the network without uncertainty, and baselines.')
@click.option('--predictions', 'systems', multiple=True, metavar='NAME=FILE',
              help='Predictions of another system for the test split (CSV: id and a probability '
                   'of each label), compared too; may be repeated.')
@click.option('--gate', type=click.Choice(['direct', 'entropy', 'learned']), default='direct',
              show_default=True, help='How the form paper mixes centres and variances (eq. 8).')
@click.option('--seeds', type=click.IntRange(min=1), default=1, show_default=True,
              help='Trainings from --seed on, with mean and deviation.')
@click.option('--dump', is_flag=True, help='Also write mu and sigma of the test split (.npz).')
@click.option('--device', type=click.Choice(['auto', 'cpu', 'gpu']), default='cpu',
              show_default=True, help='Compute device.')
def _lddu(systems: tuple[str, ...], **options: Any) -> None:
    """Train LDDU: several emotions at once, each with its uncertainty."""
    wrong = [one for one in systems if '=' not in one]
    if wrong:
        raise click.BadParameter(f'{wrong[0]!r} is no NAME=FILE', param_hint='--predictions')
    find_trainer('research.lddu.training.lddu_seeds', 'train_seeds')(
        systems={name: Path(file) for name, _, file in (one.partition('=') for one in systems)},
        **options)


@train.command('attention')
@click.option('--data', type=click.Path(exists=True, path_type=Path), envvar='MER_ROS_DATA',
              help='Folder of the data sets: CREMA-D, or features paired by label.')
@click.option('--manifest', type=click.Path(exists=True, path_type=Path),
              help='Or a CSV with label, face, speech and/or text, and person.')
@click.option('--bag', 'bags', multiple=True, type=click.Path(exists=True, path_type=Path),
              help='Or bags with X/logits and their labels in labels.csv; may be repeated.')
@click.option('--inputs', type=click.Choice(['logits', 'votes', 'features', 'paper']),
              default='logits',
              show_default=True, help='Input of the network; fusion_node needs logits.')
@click.option('--combination', type=click.Choice(['weighted', 'concat', 'sum']),
              default='weighted', show_default=True, help='Input of the label MLP.')
@click.option('--text-model', type=click.Path(exists=True, file_okay=False, path_type=Path),
              help='Folder of the BERT, for --inputs paper, such as a copy of bert-base-uncased.')
@click.option('--allow-tuned', is_flag=True,
              help='Also take a text model that was tuned on emotions: its figures are flattering.')
@click.option('--single-label', type=click.Choice(['alone', 'first', 'rarest']), default='alone',
              show_default=True, help='How several labels of a sentence become one (GoEmotions).')
@click.option('--profile', default='lite', show_default=True, help='Models for a manifest.')
@click.option('--out', type=click.Path(file_okay=False, path_type=Path), default=Path('runs'),
              show_default=True, help='Folder for the weights, figures and the log.')
@click.option('--seed', default=0, show_default=True, help='Random seed.')
@click.option('--resume', is_flag=True, help='Continue the interrupted run in the folder.')
def _attention(**options: Any) -> None:
    """Train the attention fusion of Joshi and Khare, and compare it with Dempster's rule."""
    find_trainer('research.attention.train_attention', 'train_attention')(**options)
