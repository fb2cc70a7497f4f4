"""The town closes services on some days, or opens them again.

closing         does it, and undoes it
closing_days    which days; closing_extent what that takes away, closing_return what it gives back
closing_parts   some children at a time; closing_moves how it is written
closing_work    all of it to its end, by whoever asked or as a job
closing_letters what families read of it
closing_list    what was closed
"""
