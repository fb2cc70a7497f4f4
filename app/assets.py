"""Static files with a version in their address, kept for ever by browsers."""
