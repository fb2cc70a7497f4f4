"""What no import file can bring to the demonstration town: requests, and a thread of answers.

stories    who asked what, and what became of it
clerk      somebody at the town hall, with a password that everybody knows
playing    the stories happen, through the services that parents and clerks use
"""
