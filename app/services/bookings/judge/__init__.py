"""The rules of bookings: what may be done to a child's day, why not, and what instead.

Pure, by a contract of pyproject.toml: no database, no request, no clock. One judge for the page,
what it posts, the commands, the files and the calendar.

rules      when it is too late: the shapes of what towns publish
notation   the same as a line of text, in files and on screens
agenda     which days are worked, and which are served
limits     the first instant at which it is too late
spoken     rules and limits, said in French
links      which service brings, needs or excludes another
worlds     what a verdict depends on, as values
judging    the judge
verdicts   what it answers; sentences its words, naming the services in them
cases      one question to it, and the instants that it turns on
allotting  who gets a place, and who waits
custody    whose week it is, for a child of separated parents
pricing    what a day costs
billing_codes  what a day is to an invoice
"""
