"""Perceive the emotion of the people in front of a robot, and say how sure it is."""

from pkgutil import extend_path

# The generated messages (mer_ros.msg) are installed beside this package's own
# modules.  When the package is imported from its source tree instead, this lets
# Python find them in the installation too.
__path__ = extend_path(__path__, __name__)

__version__ = '0.1.0'
