"""Metadata for tools that want a setup.py; everything stands in pyproject.toml."""

from setuptools import setup

setup()
