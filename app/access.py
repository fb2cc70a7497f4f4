"""Who may open which page: deny by default, the public marker, sessions."""
