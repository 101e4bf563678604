"""Sizes of what the audio-visual network takes, and of what it makes of it."""

FACE_SHAPE = (98, 80)
"""Rows and columns of a face."""

AUDIO_S = 1.5
"""Length of the sound around a frame, in seconds."""

FACE_FEATURES, SOUND_FEATURES = 512, 128
"""Length of what describes a face, and of what describes its sound."""
