"""Training and evaluation of LDDU networks."""
