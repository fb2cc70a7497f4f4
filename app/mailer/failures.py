"""What can go wrong with a mail. The message of each is shown to operators: plain French words."""


class MailError(Exception):
    """A mail did not leave."""


class Unavailable(MailError):  # noqa: N818
    """The server cannot be used at all: every mail waits until it can."""


class TemporaryFailure(MailError):  # noqa: N818
    """This mail cannot leave now: it is tried again later, and the others go on."""


class PermanentFailure(MailError):  # noqa: N818
    """This mail can never leave as it is: it is not tried again."""


class MailSettingsError(MailError):
    """The mail settings cannot be used: the portal does not start."""
