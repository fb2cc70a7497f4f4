"""The canteen and the garderie by calendar (« réservations »).

judge       the rules, and the judge who speaks: pure
setting_up  what the town offers, and when; taking_over days that a file of the town says
morning     who is expected and who is there; closings the town closes, or opens again
month_end   a month for the town's own software; invoicing one that changes no more; recounting
            whether the places are counted right
reminders   parents are told of a week that they have not spoken of; feed their private calendar
waiting_list  who waits, as it is read and answered
groups      parts of a service that have places of their own
proofs      why a child did not come, on paper; excuses the days that it makes free

Any day that is booked goes through:

catalogue   the services and their calendar; reading what one family has of them, standing how each
            day stands, at_home in which weeks; homes those weeks, as the town hall says them;
            agreeing as two homes do
drawing     a week for its page, as values of weeks; week_limits until when; instead what it
            leads to where something is not possible; months one to read and to print; coming
            the week to book, and the next days of a child
wishes      what was ticked on it; deciding what becomes of that
summaries   what is about to be saved; estimates and prices what it costs; outcomes what was
saving      it is saved, once; places whom one waits for meanwhile
waiting     places that come free: given at once, or kept for an answer (offers)
telling     the mails, the journal and the history; words what a booking is and what happened
            to it, in French

What else a family does:

typical     the week that a child has most often; applying it to a year
absences    the next days, for whoever does not come; exceptional a place past the limit
histories   all that happened, to read and to keep as proof
"""
