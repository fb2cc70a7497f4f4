"""The version of the portal, for the package, the commands and the screens."""

VERSION = "0.2.0"
