"""What no import of families can bring to the demonstration town.

stories    who asked what, and what became of it
clerk      somebody at the town hall, with a password that everybody knows
offering   the canteen and the garderies, with the calendar
playing    the stories happen, through the services that parents and clerks use
"""
