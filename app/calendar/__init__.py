"""Days as town halls and schools count them.

working_days  what a town hall promises an answer in
school_years  from September to August
months        their ends, and their names
"""
