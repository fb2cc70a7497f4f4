"""Security headers, and the only safe redirect target."""
