"""The command, as a user types it."""

import csv
import json
import os
import subprocess
import sys

import numpy as np
import pytest
import soundfile

from mer_ros.cli.doctor_run import examine

COMMAND = [sys.executable, '-c', 'from mer_ros.cli import main; main()']


def run(*arguments, status=0, **environment):
    """Run the command in a process of its own; return what it printed."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=150,
        env={**os.environ, 'COLUMNS': '120', **environment})
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_every_subcommand_is_listed_with_its_purpose():
    text = run('--help')
    for name in ('analyze', 'bringup', 'calibrate', 'dashboard', 'demo', 'doctor', 'evaluate',
                 'mcp', 'models', 'monitor', 'replay', 'train'):
        assert name in text


@pytest.fixture(scope='module')
def diagnosis():
    """Return what the doctor says about this machine."""
    return run('doctor')


def test_the_doctor_says_when_the_environment_lets_libraries_report(diagnosis, monkeypatch):
    assert 'telemetry of libraries' in diagnosis
    monkeypatch.setenv('ORT_DISABLE_TELEMETRY', '0')
    assert 'unset ORT_DISABLE_TELEMETRY=0' in ' '.join(run('doctor').split())


def test_the_doctor_shows_the_policy_of_the_site_and_says_when_it_is_none(monkeypatch, tmp_path):
    path = tmp_path / 'policy.yaml'
    monkeypatch.setenv('MER_ROS_SITE_POLICY', str(path))
    path.write_text('{use: education, prohibited_uses: [education]}')
    said = run('doctor', COLUMNS='500')
    assert "nothing may be perceived now: the use 'education' is prohibited here" in said
    path.write_text('use: [')
    assert 'is not understood' in run('doctor', status=1, COLUMNS='500')


def test_the_doctor_finds_all_that_the_graph_needs(diagnosis):
    pytest.importorskip('rclpy')
    assert 'onnxruntime' in diagnosis
    assert 'missing' not in diagnosis


def test_the_doctor_says_what_brings_the_voices_networks_and_what_runs_where_litert_is_missing(
        monkeypatch, capsys):
    for module in ('perception.voice', 'models.speech.voice_encoder'):
        monkeypatch.setattr(f'mer_ros.{module}.PACKAGE', 'a_package_that_is_not_there')
    monkeypatch.setitem(sys.modules, 'ai_edge_litert', None)
    monkeypatch.setenv('COLUMNS', '500')
    assert examine() == 1
    lines = capsys.readouterr().out.splitlines()
    for name, state in (('voice activity', 'missing'), ('voice encoder', 'not installed'),
                        ('ai_edge_litert', 'not installed')):
        line = next(line for line in lines if name in line)
        assert state in line
        assert 'pip install --no-deps -r requirements/detector.txt' in line


@pytest.mark.parametrize('package', [
    'rclpy', 'numpy', 'cv-bridge', 'torch', 'transformers', 'funasr', 'retina-face',
    'launch-pytest'])
def test_the_doctor_names_every_package_that_the_papers_and_ros_need(diagnosis, package):
    assert package in diagnosis


def test_analyze_writes_the_states_and_the_timeline_of_a_clip(sample_film, tmp_path):
    run('analyze', sample_film, '--transcript', 'What a lovely day!', '--output', tmp_path)
    states = json.loads((tmp_path / 'states.json').read_text())
    used = {opinion['modality'] for state in states for opinion in state['modalities']}
    assert used == {'face', 'speech', 'text'}
    assert (tmp_path / 'timeline.png').read_bytes().startswith(b'\x89PNG')


def test_analyzing_the_same_file_twice_gives_the_same_states(sample_film, tmp_path):
    for name in ('first', 'second'):
        run('analyze', sample_film, '--output', tmp_path / name)
    first, second = (
        (tmp_path / name / 'states.json').read_bytes() for name in ('first', 'second'))
    assert first == second


def test_a_file_in_which_nothing_can_be_perceived_is_an_error_of_one_line(tmp_path):
    soundfile.write(tmp_path / 'silence.wav', np.zeros(16000), 16000)
    text = run('analyze', tmp_path / 'silence.wav', '--output', tmp_path, status=1)
    assert 'nothing was perceived' in text
    assert 'Traceback' not in text


def test_evaluate_reads_a_manifest_and_writes_a_report(tmp_path):
    with open(tmp_path / 'manifest.csv', 'w', newline='') as file:
        csv.writer(file).writerows([
            ['label', 'text'], ['happiness', 'I am so happy, what a wonderful day!'],
            ['anger', 'I hate you, leave me alone, you idiot!'],
            ['sadness', 'I cried all night, I miss him so much.']])
    out = tmp_path / 'report.json'
    text = run('evaluate', '--manifest', tmp_path / 'manifest.csv', '--json', out)
    assert 'accuracy' in text
    report = json.loads(out.read_text())
    assert report['modalities']['text']['n'] == 3
    assert report['fused']['accuracy'] == 1.0


def test_evaluate_measures_a_model_on_a_data_set(shared_data):
    text = run('evaluate', '--dataset', 'london_faces', '--data', shared_data)
    assert 'london_faces test' in text


def test_evaluate_wants_either_a_manifest_or_a_data_set():
    assert 'either --manifest or --dataset' in run('evaluate', status=1)


def test_a_data_set_that_is_not_known_is_answered_with_the_known_ones(tmp_path):
    text = run('evaluate', '--dataset', 'imagenet', '--data', tmp_path, status=1)
    assert 'goemotions' in text


def test_replay_of_something_that_is_no_bag_says_so(tmp_path):
    pytest.importorskip('rclpy')
    (tmp_path / 'notes.txt').write_text('hello')
    text = run('replay', tmp_path / 'notes.txt', status=1)
    assert 'Traceback' not in text
    assert 'Error' in text


def test_the_demo_shows_what_it_perceives_in_the_sample_and_keeps_it(tmp_path, domain):
    pytest.importorskip('rclpy')
    from mer_ros.bags import BagReader

    text = run('demo', '--output', tmp_path, '--domain', domain)
    for expected in ('happiness', 'face', 'speech', 'text', 'used in states', 'would say:'):
        assert expected in text
    assert (tmp_path / 'timeline.png').read_bytes().startswith(b'\x89PNG')
    with BagReader(tmp_path / 'emotion') as bag:
        assert [topic.msgtype for topic in bag.topics] == ['mer_ros/msg/EmotionState']
        labels = {message.label for _, message in bag.decoded()}
    assert len(labels) >= 2, f'the mood changes in the sample, but only {labels} was perceived'


def test_the_demo_takes_a_media_file_of_the_user(sample_film, tmp_path, domain):
    pytest.importorskip('rclpy')
    text = run('demo', '--input', sample_film.with_suffix('.flv'), '--output', tmp_path,
               '--domain', domain)
    assert 'used in states' in text


def test_the_demo_finds_the_topics_of_a_bag_by_their_types(portrait, tmp_path, domain):
    pytest.importorskip('rclpy')
    from mer_ros.bags import BagReader, BagWriter
    from mer_ros.bags.typestore import typestore

    kinds = typestore().types
    with BagWriter(tmp_path / 'bag') as bag:
        for index in range(30):
            stamp = 1_700_000_000_000_000_000 + index * 100_000_000
            seconds, rest = divmod(stamp, 1_000_000_000)
            time = kinds['builtin_interfaces/msg/Time'](sec=seconds, nanosec=rest)
            header = kinds['std_msgs/msg/Header'](stamp=time, frame_id='eye')
            image = kinds['sensor_msgs/msg/Image'](
                header=header, height=240, width=320, encoding='rgb8', is_bigendian=0, step=960,
                data=portrait.reshape(-1))
            bag.write('/head/eye/image_raw', image, stamp)
            if index == 20:
                words = kinds['std_msgs/msg/String'](data='What a wonderful day, I am so happy!')
                bag.write('/asr/result', words, stamp)
    text = run('demo', '--input', tmp_path / 'bag', '--output', tmp_path / 'out',
               '--domain', domain)
    assert 'happiness' in text
    with BagReader(tmp_path / 'out' / 'emotion') as reader:
        used = {opinion.modality for _, state in reader.decoded() for opinion in state.modalities}
    assert used == {'face', 'text'}


def test_what_was_said_about_a_manifest_is_kept_and_evaluated_again_without_models(tmp_path):
    manifest = tmp_path / 'words.csv'
    manifest.write_text('id,label,text,person\na,happiness,I am so happy,p\n'
                        'b,sadness,I miss her so much,q\nc,anger,you make me furious,r\n')
    kept, report = tmp_path / 'logits.csv', tmp_path / 'again.json'
    run('evaluate', '--manifest', manifest, '--save-logits', kept, '--json',
        tmp_path / 'first.json')
    assert kept.read_text().splitlines()[2].startswith('a,p,happiness,,text,lite,')
    run('evaluate', '--logits', kept, '--json', report)
    first, again = (json.loads(file.read_text())
                    for file in (tmp_path / 'first.json', report))
    assert again['clips'] == first['rows'] == 3
    assert again['fused']['accuracy'] == first['fused']['accuracy']
