"""What a user fits on recordings: temperature, reliability, affine maps, abstention."""
