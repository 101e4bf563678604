"""What the engines said, fused again."""

from mer_ros.engines.fusion_settings import FusionSettings
from mer_ros.engines.pipeline import Pipeline, time_of
from mer_ros.evaluation.analyze import plain
from mer_ros.evaluation.bag_inputs import BagInputs
from mer_ros.evaluation.perceived import modality_of, Perceived, Step
from mer_ros.samples import SAMPLE_BAG

MODALITIES = ('face', 'speech', 'text')


def perceive(pipeline, items):
    steps = [Step(modality_of(item), time_of(item), pipeline.perceive(item)) for item in items]
    return Perceived(steps, pipeline.flush())


def the(states):
    return [plain(state) for state in states]


def test_what_was_perceived_once_fuses_to_the_states_of_the_pipeline():
    items = list(BagInputs(SAMPLE_BAG).read(MODALITIES))
    perceived = perceive(Pipeline(), items)
    for preset in ('calibrated', 'paper'):
        settings = FusionSettings(preset=preset)
        states = list(Pipeline(fusion=settings).run(items))
        assert states
        assert the(perceived.states(MODALITIES, settings)) == the(states)


def test_a_choice_of_modalities_fuses_to_the_states_without_the_other_sensors():
    bag = BagInputs(SAMPLE_BAG)
    perceived = perceive(Pipeline(), bag.read(MODALITIES))
    states = list(Pipeline().run(bag.read(('face',))))
    assert states
    assert the(perceived.states(('face',), FusionSettings())) == the(states)


def test_a_pipeline_that_was_reset_perceives_the_same_again():
    items = list(BagInputs(SAMPLE_BAG).read(MODALITIES))
    pipeline = Pipeline()
    first = list(pipeline.run(items))
    pipeline.reset()
    assert the(pipeline.run(items)) == the(first)
