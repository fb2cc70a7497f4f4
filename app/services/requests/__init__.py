"""What families ask of the town hall (« demandes »), from the choice of a kind to the answer.

kinds          what may be asked
answers        what a request says, in French
sending        a request leaves
callers        who of a family calls, while a clerk types
listing        the list of the family's requests
of_family      the same, as the town hall finds it in the family's file
reading        one of them, as a guardian sees it
registrations  what was accepted of the canteen and the garderie
acting         the parent adds a file, or takes the request back
desk_line      a request as the town hall lists it
desk_listing   what waits for the town hall, what is late, whose it is
desk_reading   one of them, as the town hall reads it
desk           the town hall answers, asks, hands over, puts off
many           the same act on several of one kind
openings       who may answer it, and has just opened it
meanwhile      of two who answer at once, one is told what happened
ready_answers  what the town hall often answers
undoing        the town hall goes back on what it has just done
applying       what accepting changes in the portal
erasures       has a family's data erased, a day later
moving         from one state to the next, with its line of history and its mail
"""
