"""What the portal costs, measured: `python -m benchmarks` prints every table."""
