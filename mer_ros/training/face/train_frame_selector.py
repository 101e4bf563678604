"""Training of the frame selector as in section 3.3.2 of the first paper."""

import json
import logging
from pathlib import Path
from typing import Any

from lightning import LightningModule
import torch
from torch import nn, Tensor
from torch.utils.data import DataLoader, Subset

from mer_ros.emotions import EMOTIONS
from mer_ros.models.paper.checkpoint import check_keys
from mer_ros.models.paper.resnet_folder import read_resnet
from mer_ros.models.weights.weights_cache import locate
from mer_ros.training.face.frame_selector_data import FaceDataset, load_faces
from mer_ros.training.loop import fit, SCORE

_LOG = logging.getLogger(__name__)

SMOKE = 16
"""Faces of each part in a trial run."""


class FrameSelectorModule(LightningModule):
    """A ResNet with a new last layer, trained as the paper says: Adam, all layers."""

    def __init__(self, network: nn.Module, *, rate: float, keep_last: bool = False) -> None:
        super().__init__()
        self._keep_last = keep_last
        self.network = network
        self._rate = rate

    def training_step(self, batch: tuple[Tensor, Tensor], index: int) -> Tensor:
        """Return the cross-entropy of a batch."""
        loss = nn.functional.cross_entropy(self.network(batch[0]).logits, batch[1])
        self.log('train_loss', loss)
        return loss

    def validation_step(self, batch: tuple[Tensor, Tensor], index: int) -> None:
        """Log the accuracy, or the epoch where the last one is to be kept."""
        right = (self.network(batch[0]).logits.argmax(1) == batch[1]).float().mean()
        score = torch.tensor(float(self.current_epoch)) if self._keep_last else right
        self.log('dev_accuracy', right, on_epoch=True, batch_size=len(batch[1]))
        self.log(SCORE, score, on_epoch=True, batch_size=len(batch[1]))

    def configure_optimizers(self) -> torch.optim.Optimizer:
        """Return Adam with the paper's rate."""
        return torch.optim.Adam(self.parameters(), lr=self._rate)


def train_frame_selector(
    *, data: Path, out: Path, start: Path | None = None, epochs: int = 2, rate: float = 1e-4,
    batch: int = 32, seed: int = 0, smoke: bool = False, resume: bool = False,
    device: str = 'cpu', workers: int = 0, as_printed: bool = False,
) -> dict[str, Any]:
    """Fine-tune a ResNet of ImageNet-1k on faces; rate and epochs are the paper's by default.

    The paper trains on RAF-DB; any folder that `load_faces` takes will do.  Half of the faces are
    mirrored, and the epoch with the best accuracy on dev is kept; the paper tells of neither.

    Args:
        data: the folder of faces.
        out: folder in whose folder frame_selector the network (for `FrameScorer`), figures.json
            and the log are written.
        start: folder of the ResNet to start from, as transformers writes it; None looks for the
            downloaded weights ``resnet50``.
        epochs: how often every face is seen.
        rate: learning rate of Adam.
        batch: faces that are learned from together.
        seed: of everything random.
        smoke: 16 faces and one epoch, to see that everything works.
        resume: go on where a run there was stopped.
        device: accelerator of Lightning: cpu, gpu or auto.
        workers: processes that prepare faces.
        as_printed: nothing that the paper does not tell: no mirrors, the last epoch is kept, and
            dev only gives a figure.

    Returns:
        What is written to figures.json: parameters, faces, accuracy on dev, and the recipe.

    Raises:
        FileNotFoundError: there are no faces or no network to start from.
        ValueError: a class is unknown, a part is empty, or the weights do not fit.
    """
    torch.manual_seed(seed)
    origin = locate('resnet50') if start is None else Path(start)
    network, report = read_resnet(origin, labels=EMOTIONS)
    check_keys(origin, **{kind: [name for name in names if not name.startswith('classifier.')]
                          for kind, names in report.items()})
    train, dev = load_faces(Path(data), seed=seed)
    parts: list[Any] = [FaceDataset(train, mirrored=not as_printed),
                        FaceDataset(dev, mirrored=False)]
    if smoke:
        parts = [Subset(part, range(min(SMOKE, len(part)))) for part in parts]
        epochs = 1
    recipe = {'rate': rate, 'batch': batch, 'faces': [len(part) for part in parts],
              'as_printed': as_printed}
    folder = Path(out) / 'frame_selector'
    folder.mkdir(parents=True, exist_ok=True)
    _LOG.info('training on %d faces of %s from %s', len(parts[0]), data, origin)
    learned, chosen = (
        DataLoader(part, batch_size=batch, shuffle=shuffle, num_workers=workers)
        for part, shuffle in zip(parts, (True, False), strict=True))
    network.train()  # loading has put it, and the means of its normalisation, to rest
    module = fit(FrameSelectorModule(network, rate=rate, keep_last=as_printed), learned, chosen,
                 folder=folder, epochs=epochs, recipe=recipe, seed=seed, resume=resume,
                 accelerator=device)
    network.save_pretrained(folder)
    figures = {
        'parameters': sum(weights.numel() for weights in network.parameters()),
        'dev_accuracy': round(_accuracy(module, chosen), 4), 'epochs': epochs, 'seed': seed,
        **recipe}
    (folder / 'figures.json').write_text(json.dumps(figures, indent=1) + '\n', encoding='utf-8')
    _LOG.info('%s: accuracy %.3f on %d held-out faces', folder, figures['dev_accuracy'],
              len(parts[1]))
    return figures


def _accuracy(module: Any, batches: DataLoader[tuple[Tensor, Tensor]]) -> float:
    right = []
    with torch.inference_mode():
        for faces, labels in batches:
            found = module.network(faces.to(module.device)).logits.argmax(1).cpu()
            right.append(found == labels)
    return float(torch.cat(right).float().mean())
