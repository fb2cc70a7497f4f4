"""Files that the portal keeps.

uploads       what families send, known by what it holds; jpeg_scans looks before it is decoded
stored_files  keeps checked files, reads them back, tells of them
stores        where they lie: a folder of the instance, or another store
sweeping      removes what no row names
"""
