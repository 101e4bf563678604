"""Answers about the perceived emotions for programs that talk: language-model agents."""
