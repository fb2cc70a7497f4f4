"""The town's morning: who is expected, who is there, and who came without a booking.

day_list    who comes on a day, with what a tablet noted (day_rows); day_heads counts them;
            day_papers the papers of it, and what changed since; served_days the days of
            service around it; roll them class by class, with what is said of each
head_counts how many come in a week; meal_orders what was ordered of it
attendance  who is there, as a tablet presses it
unbooked    who was without a booking; unbooked_days whose those are, in a month
"""
