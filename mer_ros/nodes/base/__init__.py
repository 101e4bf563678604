"""What the nodes share: lifecycle, parameters, diagnostics, worker, QoS."""
