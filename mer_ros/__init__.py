"""Perceive the emotion of the people in front of a robot, and say how sure it is."""

import os
from pkgutil import extend_path

# The generated messages (mer_ros.msg) are installed beside this package's own
# modules.  When the package is imported from its source tree instead, this lets
# Python find them in the installation too.
__path__ = extend_path(__path__, __name__)

__version__ = '0.1.0'

SWITCHES = (
    'ORT_DISABLE_TELEMETRY', 'HF_HUB_DISABLE_TELEMETRY', 'DISABLE_TELEMETRY', 'DO_NOT_TRACK')
"""What keeps libraries from reporting to their makers.

onnxruntime from 1.29 on would else write a device id to the user's cache and look up a collector.
It reads its switch once, when it is loaded, so that this stands before every import of it.
"""

for _switch in SWITCHES:
    os.environ.setdefault(_switch, '1')
