"""A real browser: what no test client can see."""
