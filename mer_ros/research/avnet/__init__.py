"""The lightweight audio-visual network (Radoi and Cioroiu, 2024)."""
