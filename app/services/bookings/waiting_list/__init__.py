"""Who waits for a place, as families and the town read and answer it.

awaited            what a family waits for, and leaving it
kept_places        a place that is kept for its answer; lapsing when none comes
waiting_lists      who waits, as the town hall reads it; answering_waiters giving a place, or not
"""
