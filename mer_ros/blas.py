"""The threads of the library that multiplies matrices for NumPy."""

import os


def use_one_thread() -> None:
    """Let OpenBLAS, which is what NumPy's wheels carry, work in the thread that calls it.

    Its own threads wait for each other by spinning, which took two fifths of the processor's time
    of a film, for matrices that are too small to gain anything.  It reads the number once, when
    NumPy is loaded, so that this stands before every import of it; who sets OPENBLAS_NUM_THREADS
    keeps that number.
    """
    os.environ.setdefault('OPENBLAS_NUM_THREADS', '1')
