"""Fine-tuning of a dialogue model that answers emotions: `mer_ros train response`."""

import json
import logging
from math import exp
from pathlib import Path
from typing import Any

from lightning import LightningModule
import torch
from torch import nn, Tensor
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSeq2SeqLM, AutoTokenizer

from mer_ros.evaluation.metrics.summary import rounded
from mer_ros.response.generator import NoReply, Prompt
from mer_ros.response.generator_transformers import check_prompt, DialoGpt, T5
from mer_ros.response.templates import find_language, load_languages
from mer_ros.training.loop import fit, SCORE
from mer_ros.training.response.exchanges import read_exchanges, Said
from mer_ros.training.response.reply_metrics import distinct, safety
from mer_ros.training.response.response_data import (
    IGNORED,
    reply_batches,
    ReplyBatch,
    ReplyDataset,
)

_LOG = logging.getLogger(__name__)

PROMPTS = {False: 'I am {feeling}. {words}',
           True: 'reply with empathy. emotion: {emotion} words: {words}'}
"""The prompts of the generators dialogpt (causal) and t5 (encoder-decoder)."""

PATIENCE_S = 60.0
"""Seconds that a reply may take where it is only measured."""


class ResponseModule(LightningModule):
    """A language model that learns replies; its score is minus the loss of a token on dev."""

    def __init__(self, network: nn.Module, *, rate: float) -> None:
        super().__init__()
        self.network = network
        self._rate = rate

    def training_step(self, batch: ReplyBatch, index: int) -> Tensor:
        """Return the mean cross-entropy of the tokens of replies."""
        loss: Tensor = self.network(**batch._asdict()).loss
        self.log('loss', loss, on_step=False, on_epoch=True, batch_size=len(batch.labels))
        return loss

    def validation_step(self, batch: ReplyBatch, index: int) -> None:
        """Log the score."""
        self.log(SCORE, -self.network(**batch._asdict()).loss, on_epoch=True,
                 batch_size=int((batch.labels != IGNORED).sum()))

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Return AdamW with a constant rate."""
        return torch.optim.AdamW(self.parameters(), lr=self._rate)


def train_response(
    *, corpus: Path, model: Path, out: Path, epochs: int = 3, rate: float = 5e-5, batch: int = 8,
    prompt: str = '', length: int = 128, samples: int = 200, language: str = 'en', seed: int = 0,
    resume: bool = False, device: str = 'auto',
) -> dict[str, Any]:
    """Fine-tune a causal or an encoder-decoder model on emotion-conditioned dialogue.

    The epoch is chosen on dev; every figure is measured on test, before and after.

    Args:
        corpus: the exchanges, see `exchanges`.
        model: folder as `save_pretrained` writes it, of DialoGPT, GPT-2, T5 or the like.
        out: folder in whose folder response the model (for the parameter ``model_path`` of
            response_node), figures.json and the log are written.
        epochs: how often every exchange is seen.
        rate: learning rate of AdamW.
        batch: exchanges of a step.
        prompt: as for the generator, which must be given the same one; '' is its default.
        length: most tokens of a prompt and of a reply.
        samples: replies that are written for distinct-n and the safety rate.
        language: whose lists of phrases the safety rate searches.
        seed: of everything random.
        resume: go on where a run there was stopped.
        device: accelerator of Lightning: cpu, gpu or auto.

    Returns:
        What is written to figures.json: ``before`` and ``after`` with ``perplexity`` of a token of
        a reply, ``perplexity_without_emotion`` (the same with no emotion given), ``distinct_1``,
        ``distinct_2``, ``safety`` and ``unanswered`` of the written replies; the number of
        exchanges by split; how it was trained; and ``replies``, the first of those written.

    Raises:
        FileNotFoundError: the corpus or the model is missing.
        ValueError: the corpus is wrong, or a number or the language is not allowed.
    """
    languages = load_languages()
    tag = find_language(language, languages)
    if tag is None or min(epochs, batch, length, samples) < 1:
        raise ValueError(f'language {language!r}, epochs {epochs}, batch {batch}, length {length} '
                         f'and samples {samples} were given; known languages are '
                         f'{sorted(languages)}, and numbers must be at least 1')
    said = read_exchanges(Path(corpus))
    if not (Path(model) / 'config.json').is_file():
        raise FileNotFoundError(f'{model} holds no config.json; give the folder of a model as '
                                f'save_pretrained of transformers writes it')
    seq2seq = bool(AutoConfig.from_pretrained(model, local_files_only=True).is_encoder_decoder)
    asked = check_prompt(prompt or PROMPTS[seq2seq])
    tokenizer = AutoTokenizer.from_pretrained(model, local_files_only=True)
    torch.manual_seed(seed)
    network = (AutoModelForSeq2SeqLM if seq2seq else AutoModelForCausalLM).from_pretrained(
        model, local_files_only=True, dtype=torch.float32)
    folder = Path(out) / 'response'
    folder.mkdir(parents=True, exist_ok=True)
    pad = tokenizer.eos_token_id if tokenizer.pad_token_id is None else tokenizer.pad_token_id

    def batches(split: str, *, conditioned: bool = True) -> Any:
        data = ReplyDataset(said[split], tokenizer, prompt=asked, seq2seq=seq2seq, length=length,
                            conditioned=conditioned)
        return reply_batches(data, size=batch, seq2seq=seq2seq, pad=pad,
                             shuffle=split == 'train')

    def measured(path: Path) -> tuple[dict[str, Any], list[str]]:
        replies, silent = written(path, said['test'][:samples], asked, seq2seq)
        words = [one.words for one in said['test'][:samples]]
        return rounded({
            'perplexity': perplexity(network, batches('test')),
            'perplexity_without_emotion': perplexity(network, batches('test', conditioned=False)),
            'distinct_1': distinct(replies, 1), 'distinct_2': distinct(replies, 2),
            'safety': safety(words, replies, languages[tag]), 'unanswered': silent}), replies

    before = measured(Path(model))[0]
    _LOG.info('before: %s', json.dumps(before))
    recipe = {'rate': rate, 'batch': batch, 'prompt': asked, 'length': length,
              'model': Path(model).resolve().name,
              'exchanges': {split: len(part) for split, part in said.items()}}
    network.train()
    fit(ResponseModule(network, rate=rate), batches('train'), batches('dev'), folder=folder,
        epochs=epochs, recipe=recipe, seed=seed, resume=resume, accelerator=device)
    network.cpu().save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    after, replies = measured(folder)
    _LOG.info('after: %s', json.dumps(after))
    report = {'before': before, 'after': after, 'epochs': epochs, 'seed': seed,
              'generator': 't5' if seq2seq else 'dialogpt', **recipe,
              'replies': [{'words': one.words, 'emotion': one.emotion, 'reply': reply}
                          for one, reply in zip(said['test'], replies[:10], strict=False)]}
    (folder / 'figures.json').write_text(json.dumps(report, indent=1) + '\n', encoding='utf-8')
    return report


@torch.inference_mode()
def perplexity(network: nn.Module, batches: Any) -> float:
    """Return exp of the mean negative log-likelihood of a token of a reply."""
    network.eval()
    device = next(network.parameters()).device
    total, count = 0.0, 0
    for batch in batches:
        tokens = int((batch.labels != IGNORED).sum())
        placed = {name: value.to(device) for name, value in batch._asdict().items()}
        total += float(network(**placed).loss) * tokens
        count += tokens
    return exp(total / count)


def written(path: Path, said: list[Said], prompt: str, seq2seq: bool) -> tuple[list[str], int]:
    """Return what the generator of the response node writes, '' and counted where it has none."""
    generator = (T5 if seq2seq else DialoGpt)(path=path, prompt=prompt, device='cpu',
                                              timeout=PATIENCE_S)
    replies, silent = [], 0
    for one in said:
        try:
            replies.append(generator.reply(Prompt(one.words, one.emotion)))
        except NoReply:
            replies.append('')
            silent += 1
    return replies, silent
