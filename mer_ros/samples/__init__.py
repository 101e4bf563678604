"""The sample input that ships with the package."""

from pathlib import Path

SAMPLE_BAG = Path(__file__).resolve().with_name('sample.mcap')
"""A rosbag2 file of 13 s: camera, microphone and transcript of one person whose mood changes."""
