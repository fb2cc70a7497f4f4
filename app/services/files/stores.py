"""Which store an instance has: its own folder, or a bucket."""

from pathlib import Path

from app.services.files.local_folder import LocalFolder
from app.services.files.store import Store
from app.settings import settings

BUCKET = "s3://"


def store() -> Store:
    """Return the store of this instance."""
    return store_at(settings.files_url)


def store_in(folder: Path) -> Store:
    """Return the store of another instance, which keeps its files in its own folder."""
    return LocalFolder(folder)


def store_at(address: str) -> Store:
    """Return the store at this address: a bucket, or else the folder of the instance."""
    if not address.startswith(BUCKET):
        return LocalFolder(settings.instance, shared=bool(settings.x_accel_prefix))
    # Most towns have none.
    from app.services.files.object_storage import Access, ObjectStorage, split

    bucket, prefix = split(address)
    access = Access(
        bucket=bucket,
        endpoint=settings.s3_endpoint,
        region=settings.s3_region,
        access_key_id=settings.s3_access_key_id,
        secret_access_key=settings.s3_secret_access_key,
    )
    return ObjectStorage(access, prefix)
