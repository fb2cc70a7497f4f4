"""Files that the portal keeps.

uploads       what families send, known by what it holds
jpeg_scans    how a JPEG is laid out, before anything is decoded
stored_files  the kind and the size of what is kept
"""
