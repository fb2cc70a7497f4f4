"""Why a child did not come, on paper (« justificatif d’absence »).

missed   a child’s days that were declared at once, and the paper for them, as a family has it
sending  it sends one
desk     the town hall reads those that came, and answers
"""
