"""Work in the background: what is to be done when no visitor waits (docs/jobs.md).

kinds      what there is to do, and its words
queue      ask for a job; claim it, say how far it is, settle it
running    one pass: take what is due, have it done, settle it; its watcher
nights     what is done every night
listing    the jobs as operators see them
"""
