"""The canteen and the garderie by calendar (« réservations »).

Pure, by a contract of pyproject.toml, but for what is below: no database, no request, no clock.

rules      when it is too late: the shapes of what towns publish
notation   the same as a line of text, in files and on screens
agenda     which days are worked, and which are served
limits     the first instant at which it is too late
spoken     rules and limits, said in French
links      which service brings, needs or excludes another
worlds     what a verdict depends on, as values
judging    the judge: what may be done to a child's day, why not, what instead
verdicts   what it answers; sentences its words, naming the services in them
cases      one question to it, and the instants that it turns on
allotting  who gets a place, and who waits
ical       calendars as programs read them
custody    whose week it is, for a child of separated parents

With the database:

day_list   who comes on a day; day_papers the papers of it, and what changed since; served_days
           the days of service around it; head_counts how many come in a week; meal_orders what
           was ordered of it
taking_over  days that a file of the town says
attendance  who is there, as a tablet presses it; unbooked who was without a booking;
           unbooked_days whose those are, in a month
recounting  whether the places are counted right
pricing    what a day costs (pure); prices that of a family, with the database
billing_codes  what a day is to an invoice (pure); month_codes those of a month, billing_words in
           French; invoicing a month that changes no more
month_files  a month for the town's own software
closing    the town closes services on some days, or opens them again: closing_days which ones,
           closing_extent what that takes away or gives back, closing_moves how, closing_letters
           what families read of it, closing_list what was closed
homes      the weeks of each home, as the town hall says them
words      what a booking is, where it comes from and what happened to it, in French
catalogue  the services and their calendar; reading what one family has of them
drawing    a week for its page, as values of weeks
coming     the week to book, and the next days of a child
wishes     what was ticked on it; deciding what becomes of that
reminding  parents are told of a week that they have not spoken of: expecting which days those are,
           quiet_weeks where they want to hear no more of it
feeds      the private address of a calendar; feeding what it answers
typical    the week that a child has most often, as the family says it
applying   typical weeks booked for a year
histories  all that happened, to read and to keep as proof
months     a month to read and to print
exceptional  a place past the limit, asked for
awaited    what a family waits for, and leaving it
absences   the next days, for whoever does not come
summaries  what is about to be saved; outcomes what was
saving     it is saved, once; places whom one waits for meanwhile
waiting    places that come free: given at once, or kept for the answer (offers), which may never
           come (lapsing); kept_places for the family; telling the mails and the journal
waiting_lists  who waits, as the town hall reads it; answering_waiters giving a place, or not
"""
