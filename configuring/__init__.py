"""How the settings of `config` come to a process.

sources         settings.toml, the environment, and the names that are none
keys            which keys others know or guess
ownership       whose an instance is
bounds          which words and numbers a setting takes
shapes          which addresses and zones cannot be used
requests        which kinds a town takes, and how soon it answers
town_file       what a town says of itself, below all of these
towns           where those of a process that serves many are, and what they share
object_storage  whether a bucket can be
"""
