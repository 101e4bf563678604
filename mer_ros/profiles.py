"""The profiles: which models run, and what else differs from the defaults of the nodes."""

from collections.abc import Mapping

Settings = Mapping[str, Mapping[str, str | float | bool]]
"""Values of parameters by node and name; those that are left out have their defaults."""

PROFILES: dict[str, Settings] = {
    'lite': {},
    'paper': {
        'fusion_node': {'fusion.preset': 'paper',
                        'speech.reliability': 1.0, 'text.reliability': 1.0,
                        'text.weak_reliability': 1.0, 'text.voice_within': 0.0,
                        'discount.quality': False, 'discount.age': False,
                        'trigger': 'utterance', 'window.length': 2.0},
        'face_node': {'model': 'resemotenet', 'detector': 'retinaface', 'every': 5,
                      'look_rate': 0.0, 'selector': 'frame_selector', 'selection': 'probability'},
        'speech_node': {'model': 'emotion2vec', 'mode': 'utterance'},
        'text_node': {'model': 'distilroberta'},
        'humans_node': {'face.model': 'resemotenet', 'face.look_rate': 0.0,
                        'speech.model': 'emotion2vec',
                        'speech.mode': 'utterance', 'text.model': 'distilroberta'},
    },
}
"""Every profile by name.

``lite`` are the built-in models.  ``paper`` is the system of the multimodal paper (000, sections
3.1 to 3.4): all three modalities are fully trusted, whatever their quality and age and whether a
voice was heard with the words, one decision falls for each utterance, and of every fifth image
during it, however fast the camera is, the one with the highest probability counts.  The ResNet-50
that rates the images there has no published weights: `mer_ros train frame_selector` makes them,
and without them ResEmoteNet's own maximum stands in.  RetinaFace is the graph of the package
`retina-face`.
"""


def preset_of(profile: str) -> str:
    """Return the fusion preset of a profile, or of the models of this name."""
    settings = PROFILES.get(profile, {}).get('fusion_node', {})
    return str(settings.get('fusion.preset', 'calibrated'))


def settings_of(profile: str) -> Settings:
    """Return the settings of a profile; another name is that of a model of every modality."""
    models = {node: {'model': profile} for node in ('face_node', 'speech_node', 'text_node')}
    return PROFILES.get(profile, models)
