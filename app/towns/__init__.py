"""Many towns in one process: an application a town, made at its first visit.

hosted      a town: its host, its application, or why it has none
lobby       which town a visitor is for, and what those for none are told
statements  compiled once for all of them
watching    the mails and the jobs of all towns, by a few threads
"""
