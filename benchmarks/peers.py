"""One peer of `bench_peers` in a process of its own: python peers.py NAME FOLDER.

It reads the items of its modality from the folder, judges each once to warm up and once for the
clock, and prints JSON: labels, seconds to start, processor milliseconds an item, and VmHWM in MB.
It needs numpy and the packages of the peer, not mer_ros (but for the peers called mer_ros).
"""

from collections.abc import Callable, Sequence
import json
from pathlib import Path
import sys
import time
from typing import Any

import numpy as np

RATE = 16000

Judge = Callable[[Any], str]


def mer_ros_text(folder: Path) -> Judge:
    """Our text model."""
    from mer_ros.models import load_model

    return _best(load_model('text', 'lite'))


def mer_ros_speech(folder: Path) -> Judge:
    """Our speech model."""
    from mer_ros.models import load_model

    return _best(load_model('speech', 'lite'))


def mer_ros_face(folder: Path) -> Judge:
    """Our face path: the detector, the crop, the expression."""
    return _our_face('auto')


def haar_face(folder: Path) -> Judge:
    """Our expression model on what OpenCV's Haar cascade finds."""
    return _our_face('haar')


def _our_face(detector: str) -> Judge:
    from mer_ros.data import CameraImage
    from mer_ros.engines.face import FaceEngine
    from mer_ros.models import load_detector, load_model

    engine = FaceEngine(load_model('face', 'lite'), load_detector(detector), selection='off',
                        every=1)

    def judge(pixels: Any) -> str:
        engine.reset()
        found = engine.process(CameraImage(1_000_000_000, pixels))
        return found[0].labels[int(np.argmax(found[0].logits))] if found else 'no face'

    return judge


def fer_face(folder: Path) -> Judge:
    """The package fer: Haar cascade and its own mini-Xception, whose weights it carries."""
    from fer.fer import FER

    detector = FER(mtcnn=False)
    names = {'angry': 'anger', 'happy': 'happiness', 'sad': 'sadness'}

    def judge(pixels: Any) -> str:
        found = detector.detect_emotions(np.ascontiguousarray(pixels[..., ::-1]))
        if not found:
            return 'no face'
        best = max(found[0]['emotions'].items(), key=lambda each: each[1])[0]
        return names.get(best, best)

    return judge


def deepface_face(folder: Path) -> Judge:
    """The package deepface, whose expression weights come from a download."""
    from deepface import DeepFace

    def judge(pixels: Any) -> str:
        found = DeepFace.analyze(pixels[..., ::-1], actions=['emotion'], silent=True)
        return str(found[0]['dominant_emotion'])

    return judge


def transformers_text(folder: Path) -> Judge:
    """A pipeline of transformers with DistilRoBERTa of random weights."""
    from paper_checkpoints import write_text
    from transformers import pipeline

    classify = pipeline('text-classification', model=str(write_text(folder / 'distilroberta')),
                        device=-1)
    return lambda text: str(classify(text)[0]['label'])


def opensmile_speech(folder: Path) -> Judge:
    """Functionals eGeMAPSv02 of openSMILE and a linear SVM, trained on the same training items."""
    import opensmile
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import LinearSVC

    smile = opensmile.Smile(feature_set=opensmile.FeatureSet.eGeMAPSv02)

    def features(sound: Any) -> Any:
        return smile.process_signal(sound, RATE).to_numpy()[0]

    train = np.load(folder / 'speech_train.npz', allow_pickle=True)
    classifier = make_pipeline(StandardScaler(), LinearSVC(C=0.01)).fit(
        [features(sound) for sound in train['items']], train['labels'])
    return lambda sound: str(classifier.predict([features(sound)])[0])


def funasr_speech(folder: Path) -> Judge:
    """FunASR's AutoModel with emotion2vec+ base of random weights."""
    from funasr import AutoModel
    from paper_checkpoints import write_speech

    model = AutoModel(model=str(write_speech(folder / 'emotion2vec')), device='cpu',
                      disable_update=True, disable_pbar=True, log_level='ERROR')
    return lambda sound: str(np.argmax(model.generate(
        sound, granularity='utterance', extract_embedding=False, disable_pbar=True)[0]['scores']))


PEERS = {each.__name__: each for each in (
    mer_ros_text, transformers_text, mer_ros_speech, opensmile_speech, funasr_speech, mer_ros_face,
    haar_face, fer_face, deepface_face)}


def _best(model: Any) -> Judge:
    return lambda item: str(model.labels[int(np.argmax(model.logits([item])[0]))])


def main(name: str, folder: Path) -> None:
    """Measure one peer and print what was found."""
    began = time.process_time()
    judge = PEERS[name](folder)
    items: Sequence[Any] = np.load(
        folder / f'{name.rpartition("_")[2]}.npz', allow_pickle=True)['items']
    judge(items[0])
    started = time.process_time() - began
    began = time.process_time()
    labels = [judge(item) for item in items]
    each = 1e3 * (time.process_time() - began) / len(items)
    peak = next(line for line in Path('/proc/self/status').read_text().splitlines()
                if line.startswith('VmHWM:'))
    print(json.dumps({'labels': labels, 'start': started, 'ms': each,
                      'memory': int(peak.split()[1]) / 1024}))


if __name__ == '__main__':
    main(sys.argv[1], Path(sys.argv[2]))
