"""What can go wrong with a mail. The message of each is shown to operators: plain French words."""


class MailError(Exception):
    """A mail did not leave."""


class Unavailable(MailError):  # noqa: N818
    """The server cannot be used at all: every mail waits until it can."""


class PerhapsSent(Unavailable):
    """The line was lost once the whole mail was handed over: it may have arrived.

    Trying again makes a copy, so it is tried again later and later, few times.
    """


class WrongSettings(Unavailable):
    """The server takes none of our mails as we are set: they wait, and no try is counted."""


class TemporaryFailure(MailError):  # noqa: N818
    """This mail cannot leave now: it is tried again later, and the others go on."""


class PermanentFailure(MailError):  # noqa: N818
    """This mail can never leave as it is: it is not tried again."""


class DoubtfulFailure(MailError):  # noqa: N818
    """The server said never, but not that the address is the trouble.

    It is believed when it says so again after having taken another mail: a relay that refuses
    everybody is no parent's fault.
    """


class ForNobody(MailError):  # noqa: N818
    """It was written as any other, and nobody is there to have it."""


class MailSettingsError(MailError):
    """The mail settings cannot be used: the portal does not start."""
