"""Mails, from both ends of their queue.

kinds     what there is, each with its templates
outbox    fills it, in the transaction of what the mail is about, and looks after it
dispatch  takes from it when no visitor waits, and settles what became of each
claiming  what each mail that is due leads to, and its secret
leaving   whether they leave
bounces   what comes back, and what it is worth
refused_addresses  whose mails come back
limits    how many mails with a secret one person gets
letters   what each mail says, and to whom
notices   who is told of something new
to_clerks   what mails to the town hall carry
clerk_news  asks that they be told at once, who want to be
"""
