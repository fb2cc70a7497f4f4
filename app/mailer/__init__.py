"""Message in, bytes out: templates, backends, the delivery loop."""
