"""What the nodes that perceive share: a worker that turns input into logits."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from rclpy.qos import QoSProfile

from mer_ros.data import Features, Logits
from mer_ros.engines.remarks import doubts_in_words
from mer_ros.messages.conversions import to_ros
from mer_ros.msg import ModalityFeatures, ModalityLogits
from mer_ros.nodes.base.collector_parameters import Collecting, collects
from mer_ros.nodes.base.engine_node import EngineNode
from mer_ros.nodes.base.meter import Reading
from mer_ros.nodes.base.model_parameters import Loaded
from mer_ros.nodes.base.parameters import Parameter
from mer_ros.nodes.base.qos import LOGITS_DEPTH, LOSSLESS_DEPTH, LOSSLESS_QOS

LOSSLESS = Parameter(
    name='lossless', default=False,
    description='process every input instead of dropping those that the model is too slow for; '
                'needs RELIABLE publishers; use it to replay recordings reproducibly at any rate')

PUBLISH_FEATURES = Parameter(
    name='publish_features', default=False,
    description='publish the features of the model on <modality>/features (needed by '
                'attention_node and lddu_node); '
                'features of faces and voices are personal data')

DOUBT = 'doubt.'
"""What the counters of doubts begin with."""


class PerceptionNode(EngineNode):
    """Publishes ``<modality>/logits`` for what a subclass's ``perceive`` finds in an input.

    With the parameter ``publish_features`` it publishes ``<modality>/features`` beside them, with
    ``collect.folder`` it keeps the most uncertain segments (see Collecting).

    ``perceive`` runs in the worker's thread, never in the executor's; ``capacity`` inputs may
    wait for it (with the parameter ``lossless``, LOSSLESS_DEPTH), and older ones are dropped and
    counted.
    """

    modality: str
    capacity: int

    def __init__(self, name: str, parameters: Sequence[Parameter], **options: Any) -> None:
        self._worker: Any = None
        self._publisher: Any = None
        self._features: Any = None
        self._collecting: Collecting | None = None
        self._parts: dict[str, Any] = {}
        self._models: dict[str, str] = {}
        self._stand_ins: dict[str, str] = {}
        super().__init__(name, parameters, **options)

    def make_engine(self, values: Mapping[str, Any]) -> Any:
        """Return the engine for these parameters."""
        raise NotImplementedError

    def listen(self, values: Mapping[str, Any]) -> None:
        """Subscribe; callbacks hand their input to ``submit``."""
        raise NotImplementedError

    def perceive(self, item: Any) -> Sequence[Logits]:
        """Turn one submitted item into logits."""
        raise NotImplementedError

    def build(self, values: Mapping[str, Any]) -> None:
        """Load the model, create the publishers and start the worker."""
        wanted = collects(values)
        if wanted:
            values = self._as_the_site_allows(values)
        self.engine = self.make_engine(values)
        if wanted:
            self._collecting = Collecting(self, self._parts['model'], values)
        self._publisher = self.advertise(
            ModalityLogits, f'{self.modality}/logits', LOGITS_DEPTH)
        if values.get('publish_features'):
            self._features = self.advertise(
                ModalityFeatures, f'{self.modality}/features', LOGITS_DEPTH)
        self._worker = self.employ(
            capacity=LOSSLESS_DEPTH if values['lossless'] else self.capacity)

    def start(self, values: Mapping[str, Any]) -> None:
        """Subscribe."""
        self.listen(values)

    def free(self) -> None:
        """Drop the model."""
        self._publisher = self._features = None
        if self._collecting is not None:
            self._collecting.close()
            self._collecting = None
        self._parts.clear()
        self._models.clear()
        self._stand_ins.clear()

    def use(self, parameter: str, loaded: Loaded) -> Any:
        """Return the model or detector that a parameter names; a replacement is told of."""
        self._models[parameter] = loaded.name
        self._parts[parameter] = loaded.part
        if loaded.warning:
            self._stand_ins[parameter] = loaded.warning
            self.get_logger().warning(loaded.warning)
        return loaded.part

    def input_qos(self, usual: QoSProfile | int, values: Mapping[str, Any]) -> QoSProfile | int:
        """Return the QoS to subscribe to input with."""
        if not values['lossless']:
            return usual
        return LOSSLESS_QOS

    def forget(self) -> None:
        """Drop what the engine holds."""
        self.control(self.engine.reset)

    def control(self, job: Callable[[], object]) -> None:
        """Have something done with the engine, which belongs to the worker's thread."""
        self._worker.control(job)

    def submit(self, item: Any) -> None:
        """Hand an input to the worker; an older one that had to make room is counted."""
        self.put(self._worker, partial(self._work, item))

    def deliver(self, act: Callable[..., object], *arguments: Any) -> None:
        """Publish or store in the worker what was perceived, if nothing was forgotten since."""
        if self.context.ok():
            self._worker.deliver(act, *arguments)

    def _work(self, item: Any) -> None:
        for logits in self.attempt(self.perceive, item) or ():
            self.deliver(self._give_out, logits)

    def _give_out(self, logits: Logits) -> None:
        self._publisher.publish(to_ros(logits))
        self.meter.count('published')
        for doubt in logits.doubts:
            self.meter.count(f'{DOUBT}{doubt}')
        if self._features is not None and logits.features is not None:
            self._features.publish(to_ros(Features(
                logits.stamp, logits.modality, logits.model, logits.features,
                logits.person_id, logits.frame_id)))
        if self._collecting is not None:
            self._collecting.offer(logits)

    def kept_on_disk(self) -> str:
        """Return what is collected, where and for how long."""
        return '' if self._collecting is None else self._collecting.words

    def _as_the_site_allows(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the values with the retention of the site; raise ValueError if it is 0."""
        most = self.site.policy.retention_days
        if most is None:
            return values
        if not most:
            raise ValueError(f'the site policy {self.site.policy.path} says that nothing may be '
                             f'collected (retention_days: 0); set collect.folder to \'\'')
        return {**values, 'collect.retention_days': min(values['collect.retention_days'], most)}

    def describe(self, reading: Reading) -> dict[str, object]:
        """Return why the evidence of the last second is trusted less, in words."""
        doubts = [name.removeprefix(DOUBT) for name in sorted(reading.recent)
                  if name.startswith(DOUBT)]
        return {'doubts (last second)': ', '.join(doubts_in_words(doubts)) or 'none'}

    def models(self) -> dict[str, str]:
        """Return the names of the models, those that stand in where others are missing."""
        return dict(self._models)

    def warnings(self, reading: Reading) -> list[str]:
        """Warn while a model stands in, and when inputs are dropped because one is too slow."""
        found = list(self._stand_ins.values())
        if reading.recent['dropped']:
            found.append(f'too slow: {reading.recent["dropped"]} inputs dropped in the last second')
        return found
