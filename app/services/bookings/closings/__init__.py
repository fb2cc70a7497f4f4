"""The town closes services on some days, or opens them again.

closing         does it, and undoes it
closing_days    which days; closing_extent what that takes away or gives back
closing_moves   how it is written; closing_letters what families read of it
closing_list    what was closed
"""
