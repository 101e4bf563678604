"""One utterance through the whole profile paper: time and memory by stage, and by process.

The utterance is 3 s of sound, 15 images of 640x480 and 20 words; its paper reports 127 ms on an
NVIDIA RTX A4000.
"""

from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
import json
from multiprocessing import get_context
import os
from pathlib import Path
import random
import subprocess
from tempfile import TemporaryDirectory
import time
from typing import Any

from children import python
import numpy as np

IMAGES = 15
EVERY = 5
PAPER_MS = 127.0
THREADS = 1
PATIENCE = 300.0
"""Seconds that the nodes may take to load their models."""

PAPER_MODELS = {'selector': 'frame_selector', 'face': 'resemotenet', 'speech': 'emotion2vec',
                'text': 'distilroberta'}
NODES = ('fusion_node', 'face_node', 'speech_node', 'text_node')

CHILD = '''
import sys
import numpy as np
from mer_ros.nodes.base import run
def work(executor, nodes):  # every node is active by then; each model judges one input
    for node in nodes:
        engine = node.engine
        if node.get_name() == 'face_node':
            engine._detector.detect(np.zeros((480, 640, 3), np.uint8))
            for model in (engine._scorer, engine._model):
                model.logits([np.zeros((120, 120, 3), np.uint8)])
        if node.get_name() == 'speech_node':
            engine._model.logits([np.random.default_rng(0).normal(0, .1, 48000).astype('f4')])
        if node.get_name() == 'text_node':
            engine._model.logits(['word ' * 20])
    memory = dict(line.split(':') for line in open('/proc/self/status') if line[:2] == 'Vm')
    print('peak', memory['VmHWM'].split()[0], flush=True)
run.spin = work
from mer_ros.nodes.{module} import main
sys.exit(main())
'''


def run() -> list[dict[str, Any]]:
    """Return the stages in ms and MB, on the CPU and a GPU that is there, and peak memory in MB."""
    from paper_checkpoints import (
        write_detector,
        write_face,
        write_selector,
        write_speech,
        write_text,
    )

    from mer_ros.cli.export_run import export_model

    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        paths = {name: write(folder / file) for name, file, write in (
            ('detector', 'retinaface.onnx', write_detector),
            ('selector', 'selector', write_selector), ('face', 'resemotenet.pth', write_face),
            ('speech', 'emotion2vec', write_speech), ('text', 'distilroberta', write_text))}
        exported = {
            name: export_model(known, folder, path=paths[name], dtype=dtype)
            for name, known, dtype in (
                ('selector', 'frame_selector', 'fp32'), ('face', 'resemotenet', 'fp32'),
                ('speech', 'emotion2vec_plus_base', 'int8'), ('text', 'distilroberta', 'int8'))}
        on_gpu = _alone(_has_gpu)
        return [*_alone(_stages, 'torch fp32', paths, PAPER_MODELS),
                *_alone(_stages, 'exported', {**paths, **exported}, dict.fromkeys(
                    PAPER_MODELS, 'onnx')),
                # There the text computes in fp16, as in the paper; the detector stays on the CPU.
                *(_alone(_stages, 'torch on the GPU', paths, PAPER_MODELS, 'cuda')
                  if on_gpu else []),
                *_memory(paths, folder)]


def _alone(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what the function returns in a process of its own, whose memory is all its own."""
    with ProcessPoolExecutor(1, mp_context=get_context('spawn')) as pool:
        return pool.submit(function, *arguments).result()


def _has_gpu() -> bool:
    import torch

    return torch.cuda.is_available()


def _stages(
    title: str, paths: Mapping[str, Path], names: Mapping[str, str], device: str = 'cpu'
) -> list[dict[str, Any]]:
    from statistics import median

    from children import megabytes as megabytes_of
    from compare import in_turns

    from mer_ros.fusion import fuse
    from mer_ros.models import load_detector, load_model
    from mer_ros.perception.voice import FRAME, SileroVoice

    noise = np.random.default_rng(0)
    image = noise.integers(0, 256, (480, 640, 3), dtype=np.uint8)
    crops = [noise.integers(0, 256, (120, 120, 3), dtype=np.uint8) for _ in range(IMAGES // EVERY)]
    sound = noise.normal(0, 0.1, 3 * 16000).astype(np.float32)
    words = ' '.join(['I', 'am', 'so', 'happy', 'today'] * 4)
    opinions = {name: noise.normal(0, 1, 7) for name in ('face', 'speech', 'text')}

    def judging(modality: str, part: str, inputs: list[Any]) -> Callable[[], Any]:
        model = load_model(modality, names[part], path=paths[part], device=device, threads=THREADS)
        return lambda: model.logits(inputs)

    def finding() -> Callable[[], Any]:
        detector = load_detector('retinaface', path=paths['detector'], threads=THREADS)
        return lambda: [detector.detect(image) for _ in crops]

    def listening() -> Callable[[], Any]:
        voice = SileroVoice()
        return lambda: [voice.probability(sound[start:start + FRAME])
                        for start in range(0, len(sound) - FRAME + 1, FRAME)]

    makers = {
        f'find faces in {len(crops)} of {IMAGES} images': finding,
        f'select 1 of {len(crops)} faces': lambda: judging('face', 'selector', crops),
        'judge the face': lambda: judging('face', 'face', crops[:1]),
        'find the voice in 3 s': listening,
        'judge 3 s of speech': lambda: judging('speech', 'speech', [sound]),
        'judge 20 words': lambda: judging('text', 'text', [words]),
        'fuse the three': lambda: lambda: fuse(opinions, preset='paper'),
    }
    stages, megabytes = {}, {}
    for name, make in makers.items():
        before = megabytes_of('self')
        stages[name] = make()
        stages[name]()  # weights are read from the disk when they are first needed
        megabytes[name] = megabytes_of('self') - before
    # Time of the core, since other processes may want it too; a GPU is waited for.
    clock = time.process_time if device == 'cpu' else time.perf_counter
    rows = [{'name': f'{title}, 1 thread: {name}', 'value': 1e3 * median(seconds),
             'unit': f'ms, {megabytes[name]:.0f} MB', 'megabytes': megabytes[name]}
            for name, seconds in in_turns(stages, repeats=3, clock=clock).items()]
    total = sum(row['value'] for row in rows)
    return [*rows, {
        'name': f'{title}, 1 thread: one utterance ({total / PAPER_MS:.2g} times the '
                f"paper's {PAPER_MS:g} ms on a GPU)", 'value': total,
        'unit': f'ms, {sum(megabytes.values()):.0f} MB'}]


def _memory(paths: Mapping[str, Path], folder: Path) -> list[dict[str, Any]]:
    """Return the peak resident set of the profile in one process, and in one process a node."""
    own = folder / 'paths.yaml'
    parameters = {
        'face_node': {'model_path': paths['face'], 'detector_path': paths['detector'],
                      'selector': 'frame_selector', 'selector_path': paths['selector']},
        'speech_node': {'model_path': paths['speech']}, 'text_node': {'model_path': paths['text']}}
    own.write_text(json.dumps({'/**': {node: {'ros__parameters': {
        name: str(value) for name, value in values.items()}}
        for node, values in parameters.items()}}))
    together = _peak('bringup', own)
    single = {node: _peak(node, own) for node in NODES}
    return [
        {'name': 'peak memory, all in one process', 'value': together, 'unit': 'MB'},
        *({'name': f'peak memory, {node} alone', 'value': peak, 'unit': 'MB'}
          for node, peak in single.items()),
        {'name': 'peak memory, one process a node, together', 'value': sum(single.values()),
         'unit': 'MB'}]


def _peak(module: str, own: Path) -> float:
    profile = Path(__file__).resolve().parent.parent / 'config' / 'paper.yaml'
    done = subprocess.run(
        python(CHILD.replace('{module}', module), '--ros-args', '--log-level', 'warn',
               '--params-file', str(profile), '--params-file', str(own)),
        stdout=subprocess.PIPE, text=True, check=True, timeout=PATIENCE,
        env={**os.environ, 'ROS_AUTOMATIC_DISCOVERY_RANGE': 'LOCALHOST',
             'ROS_DOMAIN_ID': str(random.randint(1, 101))})
    peak = next(line for line in done.stdout.splitlines() if line.startswith('peak '))
    return int(peak.split()[1]) / 1024
