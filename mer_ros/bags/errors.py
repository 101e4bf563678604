"""The error of everything that concerns a bag."""


class BagError(ValueError):
    """A bag cannot be read or written; the message says which, why and what to do."""
