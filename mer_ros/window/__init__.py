"""Event-time windows: which evidence about which person belongs together, and when to fuse it."""

from mer_ros.window.contents import Evidence, Window
from mer_ros.window.settings import WindowSettings
from mer_ros.window.windows import Windows

__all__ = ['Evidence', 'Window', 'WindowSettings', 'Windows']
