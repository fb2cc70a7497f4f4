"""Files that the portal keeps.

uploads         what families send, known by what it holds; jpeg_scans looks before it is decoded
stored_files    keeps checked files, reads them back, tells of them
stores          which store an instance has; store says what one can do, and local_folder and
                object_storage are two
copying         moves them all from one store to another
sweeping        removes what no row names
"""
