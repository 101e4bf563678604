"""Models that are missing or cannot run as asked, in a live graph; needs no torch."""

import pytest

pytest.importorskip('rclpy')

from diagnostic_msgs.msg import DiagnosticArray, DiagnosticStatus
from mer_ros.msg import ModalityLogits, Transcript

from mer_ros.data import NANOSECONDS, Words
from mer_ros.messages.conversions import to_ros
from mer_ros.models.detectors import blazeface
from mer_ros.models.speech import voice_encoder
from mer_ros.nodes.face_node import FaceNode
from mer_ros.nodes.speech_node import SpeechNode
from mer_ros.nodes.text_node import TextNode


@pytest.fixture(autouse=True)
def no_weights(tmp_path, monkeypatch):
    monkeypatch.setenv('MER_ROS_CACHE', str(tmp_path / 'cache'))


def report(graph, level):
    """Return the message and the values of the first report of this level."""
    reports = graph.collect(DiagnosticArray, '/diagnostics')
    graph.wait(lambda: any(array.status[0].level == level for array in reports), 'the report')
    status = next(array.status[0] for array in reports if array.status[0].level == level)
    return status.message, {value.key: value.value for value in status.values}


def test_missing_weights_leave_the_node_unconfigured_with_the_command_that_fetches_them(graph):
    node = graph.add(FaceNode, detector='yunet')
    assert not node.autostart()
    message, values = report(graph, DiagnosticStatus.ERROR)
    assert '`mer_ros models download yunet`' in message
    assert values['lifecycle state'] == 'unconfigured'
    assert node.engine is None


@pytest.mark.parametrize(('settings', 'reason'), [
    ({'model': 'onnx'}, "model='onnx' needs model_path"),
    ({'model': 'onnx', 'model_path': 'none.onnx', 'device': 'cuda'},
     "device 'cuda' cannot be used"),
    ({'model': 'lite', 'dtype': 'int8'}, "model='lite' has no use for dtype='int8'"),
    ({'selector': 'onnx'}, "selector='onnx' needs selector_path"),
])
def test_what_cannot_run_is_told_and_nothing_is_half_loaded(graph, settings, reason):
    node = graph.add(FaceNode, **settings)
    assert not node.autostart()
    assert reason in report(graph, DiagnosticStatus.ERROR)[0]
    assert node.engine is None
    assert not graph.probe.count_publishers('face/logits')


def test_a_node_can_be_put_right_and_configured_after_that(graph):
    from rclpy.parameter import Parameter

    node = graph.add(FaceNode, detector='yunet')
    assert not node.autostart()
    assert node.set_parameters([Parameter('detector', value='haar')])[0].successful
    assert node.autostart()
    assert 'yunet' not in node._report()[1]


def test_a_stand_in_runs_only_when_asked_for_and_the_diagnostics_keep_saying_so(graph):
    node = graph.start(FaceNode, detector='yunet', fallback=True)
    for _ in range(2):
        message, values = report(graph, DiagnosticStatus.WARN)
        assert 'detector yunet is replaced by haar' in message
        assert '`mer_ros models download yunet`' in message
        assert (values['model'], values['detector']) == ('lite', 'haar')
    node.trigger_deactivate()
    node.trigger_cleanup()
    assert 'replaced' not in node._report()[1]


def test_without_the_network_of_the_default_detector_the_cascade_stands_in_and_says_so(
    graph, monkeypatch
):
    monkeypatch.setattr(blazeface, 'PACKAGE', 'a_package_that_is_not_there')
    graph.start(FaceNode)
    message, values = report(graph, DiagnosticStatus.WARN)
    assert 'the Haar cascade stands in for BlazeFace' in message
    assert 'requirements/detector.txt' in message
    assert values['detector'] == 'haar'


def test_without_the_voice_encoder_statistics_stand_in_and_say_so(graph, monkeypatch):
    monkeypatch.setattr(voice_encoder, 'PACKAGE', 'a_package_that_is_not_there')
    graph.start(SpeechNode)
    message, values = report(graph, DiagnosticStatus.WARN)
    assert 'statistics alone stand in for the voice encoder' in message
    assert 'requirements/detector.txt' in message
    assert values['model'] == 'lite'


def test_a_stand_in_does_the_work_and_says_its_own_name(graph):
    graph.start(TextNode, model='distilroberta', fallback=True, dtype='bf16')
    logits = graph.collect(ModalityLogits, 'text/logits')
    graph.publisher(Transcript, 'transcript').publish(to_ros(Words(NANOSECONDS, 'I am happy')))
    graph.wait(lambda: logits, 'logits')
    assert logits[0].model == 'lite'


def test_what_is_wrong_but_not_missing_is_an_error_even_with_fallback(graph):
    node = graph.add(FaceNode, model='onnx', fallback=True)
    assert not node.autostart()
    assert 'needs model_path' in report(graph, DiagnosticStatus.ERROR)[0]
