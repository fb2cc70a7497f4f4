"""What no import of families can bring to the demonstration town.

stories    who asked what, and what became of it
clerk      somebody at the town hall, with a password that everybody knows
offering   the canteen and the garderies, with the calendar
parents    who they are, and how what they do today was done some days ago
booking    families book them: a full day, a strike, a child who waits
ticking    one of them ticks a week
single_days a day left, a place offered, one booked too late, an absence to be excused
playing    the stories happen, through the services that parents and clerks use
"""
