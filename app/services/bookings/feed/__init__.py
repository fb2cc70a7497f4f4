"""The private address of a calendar, for a phone.

feeds    the address itself; feeding what it answers
ical     calendars as programs read them
bodies   those written before, for whoever asks again without saying so
"""
