"""Generators of transformers: DialoGPT, T5 and chat models, from a folder, without a network."""

from pathlib import Path
import re
from time import monotonic
from typing import Any

import torch
from transformers import (
    AutoConfig,
    AutoModelForCausalLM,
    AutoModelForSeq2SeqLM,
    AutoTokenizer,
    pipeline,
    StoppingCriteria,
    StoppingCriteriaList,
)
from transformers.utils.logging import disable_progress_bar

from mer_ros.emotions import EXPRESSIONS
from mer_ros.models.paper.checkpoint import check_keys
from mer_ros.models.paper.device import choose_device, choose_dtype, place, set_threads
from mer_ros.response.generator import NoReply, Prompt

disable_progress_bar()  # the log of a robot is no terminal

MOST_TOKENS = 1024
"""Longest input and reply together: a robot has no time for more, and T5 names no limit."""

_SENTENCE = re.compile(r'.*[.!?…]["”»)]*(?=\s|$)', re.DOTALL)

_CHAT = (
    'You are a friendly social robot. {state} Answer in the language "{language}" in one or two '
    'short, warm sentences. Listen and ask rather than judge. Give no advice and no diagnosis, '
    'and do not claim to have feelings or to be a human.')


class Deadline(StoppingCriteria):
    """Ends a generation when its time is over; ``passed`` tells that it did."""

    def __init__(self, seconds: float) -> None:
        self._end = monotonic() + seconds
        self.passed = False

    def __call__(self, input_ids: torch.Tensor, scores: Any, **_: Any) -> Any:
        """Return for each text (B,) whether to stop."""
        self.passed = monotonic() >= self._end
        return torch.full((len(input_ids),), self.passed, device=input_ids.device)


class _Transformer:
    """What the generators have in common.

    Args:
        path: folder as ``save_pretrained`` of transformers writes it.
        device: auto, cpu or cuda.
        dtype: auto (fp16 on a GPU, else fp32), fp32, fp16, bf16 or int8.
        threads: cores that torch uses in this process; None leaves that as it is.
        max_new_tokens: longest reply in tokens.
        timeout: seconds after which a reply is given up.
        temperature: 0 takes the most likely token, more draws more freely.
        seed: of the draws; the same prompt always gets the same reply.

    Raises:
        FileNotFoundError: the folder or its config.json is missing; says what to do.
        ValueError: it holds another kind of model, or is incomplete.
    """

    _loader: Any
    _kind: str

    def __init__(
        self, *, path: Path | str, device: str = 'auto', dtype: str = 'auto',
        threads: int | None = None, max_new_tokens: int = 40, timeout: float = 2.0,
        temperature: float = 0.0, seed: int = 0,
    ) -> None:
        folder = Path(path)
        if not (folder / 'config.json').is_file():
            raise FileNotFoundError(
                f'{folder} holds no config.json; nothing is downloaded here: put the model there, '
                f'for example with `hf download microsoft/DialoGPT-small --local-dir {folder}` '
                f'on a machine with a network, or give the folder that save_pretrained wrote')
        self.name = folder.resolve().name
        config = AutoConfig.from_pretrained(folder, local_files_only=True)
        if bool(config.is_encoder_decoder) != (self._loader is AutoModelForSeq2SeqLM):
            raise ValueError(f'{folder} holds a {config.model_type}, needed is {self._kind}')
        self._device = choose_device(device)
        precision = choose_dtype(dtype, self._device, on_gpu='fp16')
        set_threads(threads)
        try:
            self._tokenizer = AutoTokenizer.from_pretrained(
                folder, local_files_only=True, truncation_side='left')
            network, report = self._loader.from_pretrained(
                folder, local_files_only=True, dtype=torch.float32, output_loading_info=True,
                ignore_mismatched_sizes=True)
        except Exception as error:  # safetensors and transformers raise classes of their own
            raise ValueError(f'{folder} cannot be loaded; it is incomplete, damaged or of another '
                             f'model: {error}') from error
        check_keys(folder, missing=report['missing_keys'], unexpected=[],
                   mismatched=[entry[0] for entry in report['mismatched_keys']])
        self._network = place(network, self._device, precision)
        longest = min(MOST_TOKENS, self._tokenizer.model_max_length,
                      getattr(config, 'max_position_embeddings', None) or MOST_TOKENS)
        self._room = longest - max_new_tokens
        if self._room < 1:
            raise ValueError(f'{folder} takes {longest} tokens, of which {max_new_tokens} are for '
                             f'the reply (max_new_tokens); none are left for the words')
        self._timeout, self._seed = timeout, seed
        drawing = {'do_sample': True, 'temperature': temperature, 'top_p': 0.9}
        self._options: dict[str, Any] = {
            'max_new_tokens': max_new_tokens, 'num_beams': 1,
            **(drawing if temperature > 0.0 else {'do_sample': False})}

    def reply(self, prompt: Prompt) -> str:
        """Return a reply; raise NoReply: ``slow``, ``unfinished`` (max_new_tokens), ``no_room``."""
        text, length = self.generate(prompt)
        if length < self._options['max_new_tokens']:
            return text
        sentences = _SENTENCE.match(text)
        if sentences is None:
            raise NoReply('unfinished', f'no sentence ended within {length} tokens')
        return sentences[0]

    def generate(self, prompt: Prompt) -> tuple[str, int]:
        """Return what the model writes, and of how many tokens; raise NoReply as `reply` does."""
        deadline = Deadline(self._timeout)
        with torch.inference_mode(), torch.random.fork_rng():
            torch.manual_seed(self._seed)
            text, length = self._run(prompt, StoppingCriteriaList([deadline]))
        if deadline.passed:
            raise NoReply('slow', f'no reply within {self._timeout} s')
        return text.strip(), length

    def _run(self, prompt: Prompt, stop: StoppingCriteriaList) -> tuple[str, int]:
        raise NotImplementedError

    def _generate(self, ids: list[int], stop: StoppingCriteriaList) -> tuple[str, int]:
        tokens = torch.tensor([ids], device=self._device)
        made = self._network.generate(
            input_ids=tokens, attention_mask=torch.ones_like(tokens), stopping_criteria=stop,
            pad_token_id=self._tokenizer.eos_token_id, **self._options)[0]
        # An encoder-decoder returns its start token and the reply, a causal model words and reply.
        made = made[1 if self._network.config.is_encoder_decoder else len(ids):]
        text = str(self._tokenizer.decode(made, skip_special_tokens=True))
        return text, int((made != self._tokenizer.eos_token_id).sum())


class DialoGpt(_Transformer):
    """A causal model in the manner of DialoGPT: what was said, each turn ended by eos.

    DialoGPT knows nothing of emotions; a perceived one that is certain stands before the words
    as the person would say it ('I am sad.'), or as ``prompt`` has it, which may hold {emotion},
    {feeling} and {words}.  See `_Transformer` for the other arguments.
    """

    _loader = AutoModelForCausalLM
    _kind = 'a causal model such as DialoGPT (generator t5 is for others)'

    def __init__(self, *, path: Path | str, prompt: str = 'I am {feeling}. {words}',
                 **options: Any) -> None:
        self._prompt = check_prompt(prompt)
        super().__init__(path=path, **options)

    def _run(self, prompt: Prompt, stop: StoppingCriteriaList) -> tuple[str, int]:
        asked = fill(self._prompt, prompt) if prompt.emotion else prompt.words
        said = [*(text for exchange in prompt.history for text in exchange), asked]
        turns = [[*self._tokenizer(text, add_special_tokens=False)['input_ids'],
                  self._tokenizer.eos_token_id] for text in said]
        while len(turns) > 1 and sum(map(len, turns)) > self._room:
            del turns[:2]
        return self._generate([token for turn in turns for token in turn][-self._room:], stop)


class T5(_Transformer):
    """A model in the manner of T5: ``prompt`` in, the reply out.

    The prompt may hold {emotion} ('unknown' where it is too uncertain), {feeling} and {words};
    give the one that the model was fine-tuned with.  It does not see what was said before.  See
    `_Transformer` for the other arguments.
    """

    _loader = AutoModelForSeq2SeqLM
    _kind = 'an encoder-decoder such as T5 (generator dialogpt is for others)'

    def __init__(self, *, path: Path | str,
                 prompt: str = 'reply with empathy. emotion: {emotion} words: {words}',
                 **options: Any) -> None:
        self._prompt = check_prompt(prompt)
        super().__init__(path=path, **options)

    def _run(self, prompt: Prompt, stop: StoppingCriteriaList) -> tuple[str, int]:
        text = fill(self._prompt, prompt)
        ids = self._tokenizer(text, truncation=True, max_length=self._room)['input_ids']
        return self._generate(ids, stop)


class Chat(_Transformer):
    """A chat model, through its own chat template and the text-generation pipeline.

    ``prompt`` says how the robot shall behave; empty takes a careful one.  It may hold {emotion},
    {feeling} and {words}.  See `_Transformer` for the other arguments.
    """

    _loader = AutoModelForCausalLM
    _kind = 'a causal chat model (generator t5 is for encoder-decoders)'

    def __init__(self, *, path: Path | str, prompt: str = '', **options: Any) -> None:
        self._prompt = check_prompt(prompt)
        super().__init__(path=path, **options)
        if not self._tokenizer.chat_template:
            raise ValueError(f'the tokenizer in {path} has no chat template, so this is '
                             f'no chat model; use generator dialogpt, or an instruct model')
        self._pipeline = pipeline('text-generation', model=self._network,
                                  tokenizer=self._tokenizer)

    def _run(self, prompt: Prompt, stop: StoppingCriteriaList) -> tuple[str, int]:
        state = (f'The person you talk to seems to feel {prompt.emotion}, as far as you can tell.'
                 if prompt.emotion else 'How the person feels is uncertain; do not assume it.')
        system = (fill(self._prompt, prompt) if self._prompt
                  else _CHAT.format(state=state, language=prompt.language))
        messages = [{'role': 'system', 'content': system}]
        for words, reply in prompt.history:
            messages += [{'role': 'user', 'content': words},
                         {'role': 'assistant', 'content': reply}]
        messages.append({'role': 'user', 'content': prompt.words})
        while len(messages) > 2 and self._length(messages) > self._room:
            del messages[1:3]
        if self._length(messages) > self._room:
            raise NoReply('no_room', f'the words do not fit into {self._room} tokens')
        made = self._pipeline(messages, return_full_text=False, stopping_criteria=stop,
                              pad_token_id=self._tokenizer.eos_token_id, **self._options)
        text = str(made[0]['generated_text'])
        return text, len(self._tokenizer(text, add_special_tokens=False)['input_ids'])

    def _length(self, messages: list[dict[str, str]]) -> int:
        return len(self._tokenizer.apply_chat_template(
            messages, add_generation_prompt=True, return_dict=True)['input_ids'])


def check_prompt(prompt: str) -> str:
    """Return a prompt; raise ValueError if it has fields other than those that are filled in."""
    try:
        fill(prompt, Prompt(''))
    except (LookupError, ValueError, AttributeError) as error:
        raise ValueError(f'prompt={prompt!r} cannot be filled in ({error}); it may hold '
                         '{emotion}, {feeling} and {words}') from error
    return prompt


def fill(text: str, prompt: Prompt) -> str:
    """Fill in {emotion} ('sadness'), {feeling} ('sad') and {words}."""
    emotion = prompt.emotion or 'unknown'
    return text.format(emotion=emotion, feeling=EXPRESSIONS.get(emotion, emotion),
                       words=prompt.words)
