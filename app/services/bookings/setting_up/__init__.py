"""How the town hall sets up what may be booked.

decrees     what the State publishes of a school year
calendar    the town's own calendar, which every limit is counted by
services    what the town says of each service, checked and saved
reading     the services as the town hall reads them, and what a limit comes to on real days
enrolments  the children of a school, all at once; one_child a single one, for one of its homes
two_homes   the weeks of each home of a child, said together; left_days the days it has beside them
trying      a day of a service: is it there, until when is it booked, and why
"""
