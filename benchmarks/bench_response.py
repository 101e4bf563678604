"""How long the robot's reply takes: a sentence of the files, and tokens of a generator."""

from importlib.util import find_spec
from statistics import median
import tempfile
import time
from typing import Any

from children import graph, main_of, process, QUIET
from compare import row
import numpy as np

from mer_ros.data import Emotion, nanoseconds, Words
from mer_ros.emotions import EMOTIONS
from mer_ros.response.responder import Responder
from mer_ros.response.templates import load_languages
from mer_ros.response.turns import TurnSettings, TurnTaking
from mer_ros.response.wording import Wording

ROUNDS = 200
WARM_UP = 20
PERIOD = 0.02
TARGET_MS = 5.0

SIZES = {'DialoGPT-small': 12, 'DistilGPT2': 6}
"""Layers of GPT-2 with 768 numbers a token."""

TOKENS = 20

def run() -> list[dict[str, Any]]:
    """Return the latencies of the engine and of the node, and of generating where torch is."""
    with graph(), process(main_of('response_node'), *QUIET, '-p', 'min_interval:=0.0'):
        node = 1e3 * median(_ask())
    rows = [
        row('response engine: words and emotion to reply, median',
            1e3 * median(_engine_seconds()), 'ms'),
        row('response node: emotion published to response received, median', node, 'ms',
            most=TARGET_MS)]
    if find_spec('torch') and find_spec('transformers'):
        rows += _generator_rows()
    return rows


def _state(stamp: int) -> Emotion:
    values = np.full(7, 1 / 7)
    return Emotion(
        stamp=stamp, window_start=stamp, person_id='', label='sadness', confidence=0.9,
        uncertainty=0.1, conflict=0.0, labels=EMOTIONS, belief=values * 0.9, probability=values,
        alpha=values + 1)


def _engine_seconds() -> list[float]:
    responder = Responder(load_languages())
    turns = TurnTaking(TurnSettings(min_interval=0), Wording(), alarm=responder.needs_human)
    times = []
    for index in range(WARM_UP + ROUNDS):
        stamp = nanoseconds(1000.0 + index)
        state, words = _state(stamp), Words(stamp, 'I lost my job today.', language='en')
        began = time.perf_counter()
        turns.hear(words, stamp)
        for turn in turns.perceive(state, stamp):
            responder.said(responder.compose(turn))
            times.append(time.perf_counter() - began)
    return times[WARM_UP:]


def _ask() -> list[float]:
    from mer_ros.msg import EmotionState, Transcript
    import rclpy
    from std_msgs.msg import String

    from mer_ros.messages.conversions import to_ros

    node = rclpy.create_node('probe')
    arrived: list[float] = []
    node.create_subscription(
        String, 'response', lambda _: arrived.append(time.perf_counter()), 10)
    transcript = node.create_publisher(Transcript, 'transcript', 10)
    emotion = node.create_publisher(EmotionState, 'emotion', 10)
    while not (transcript.get_subscription_count() and emotion.get_subscription_count()
               and node.count_publishers('response')):
        rclpy.spin_once(node, timeout_sec=0.05)
    times = []
    for _ in range(WARM_UP + ROUNDS):
        stamp = time.time_ns()
        transcript.publish(to_ros(Words(stamp, 'I lost my job today.', language='en')))
        time.sleep(PERIOD)
        message = to_ros(_state(stamp))
        arrived.clear()
        began = time.perf_counter()
        emotion.publish(message)
        while not arrived:
            rclpy.spin_once(node, timeout_sec=0.5)
        times.append(arrived[0] - began)
    node.destroy_node()
    return times[WARM_UP:]


def _generator_rows() -> list[dict[str, Any]]:
    """Return the milliseconds a token, with random weights and one thread on the CPU."""
    from tokenizers import models, pre_tokenizers, Tokenizer
    import torch
    from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast

    from mer_ros.response.generator import Prompt
    from mer_ros.response.generator_transformers import DialoGpt

    raw = Tokenizer(models.WordLevel({'<eos>': 0, '<unk>': 1}, '<unk>'))
    raw.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, eos_token='<eos>', unk_token='<unk>')
    rows = []
    for name, layers in SIZES.items():
        with tempfile.TemporaryDirectory() as folder:
            torch.manual_seed(0)
            network = GPT2LMHeadModel(GPT2Config(n_layer=layers))
            network.generation_config.eos_token_id = None
            network.save_pretrained(folder)
            tokenizer.save_pretrained(folder)
            generator = DialoGpt(path=folder, device='cpu', threads=1, max_new_tokens=TOKENS,
                                 timeout=600.0)
        times = []
        for _ in range(4):
            began = time.perf_counter()
            _, length = generator.generate(Prompt('so it is ' * 5))
            times.append((time.perf_counter() - began) / length)
        rows.append(row(f'generate with {name} (random weights), each token',
                        1e3 * median(times[1:]), 'ms'))
    return rows
