"""A family's data are erased in the night; `requests.erasures` plans it.

steps    what may become of rows
extent   what goes and what is emptied, table by table
of_bookings  the same, of where the children were to be
kept     what stays, and why
preview  what it would take, in figures and names
erasing  does it, as a job of each night
"""
