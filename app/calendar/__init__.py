"""Days as town halls and schools count them.

working_days  what a town hall promises an answer in
school_years  from September to August
months        their ends, and their names
"""

from datetime import timedelta

ONE_DAY, ONE_WEEK = timedelta(days=1), timedelta(weeks=1)
