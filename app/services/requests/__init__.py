"""What families ask of the town hall (« demandes »), from the choice of a kind to the answer.

kinds          what may be asked
answers        what a request says, in French
sending        a request leaves
listing        the list of the family's requests
of_family      the same, as the town hall finds it in the family's file
reading        one of them, as a guardian sees it
registrations  what was accepted of the canteen and the garderie
acting         the parent adds a file, or takes the request back
desk           the town hall reads and answers
applying       what accepting changes in the portal
erasures       has a family's data erased, a day later
moving         from one state to the next, with its line of history and its mail
"""
