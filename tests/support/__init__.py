"""What tests stand on: the visitor, the cast, every screen, the checks of a page, the servers."""
