"""Open the store that the settings name."""

from datetime import timedelta

import obstore.store
from obstore.exceptions import BaseError
from obstore.store import AzureStore, GCSStore, LocalStore, S3Store
from pydantic import SecretStr

from everloom.settings import Settings

from .errors import ObjectsAddressInvalid, ObjectsUnavailable
from .objects import Objects

# Quoted types: obstore has them for checkers only.
_RETRIES: "obstore.store.RetryConfig" = {
    # Temporal tries again what fails for longer than this, and says so where people look.
    "max_retries": 3,
    "retry_timeout": timedelta(seconds=30),
    "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=2)},
}
_CLIENT: "obstore.store.ClientConfig" = {
    "connect_timeout": timedelta(seconds=5),
    "read_timeout": timedelta(seconds=30),
    "timeout": timedelta(minutes=5),
}


_FORMS = "`s3://bucket/prefix`, `gs://bucket/prefix` or `az://container/prefix`"


def open_objects(settings: Settings) -> Objects:
    """The object store of these settings; a folder is made when it is missing.

    Raises:
        ObjectsAddressInvalid: `store.objects` is neither a path nor an address of a bucket.
        ObjectsUnavailable: The folder cannot be made.
    """
    address = settings.store.objects
    scheme, found, place = address.partition("://")
    if found:
        return _open_remote(settings, scheme, place)
    folder = settings.path(address)
    try:
        # What people work with lies here in plain: only for whoever runs this. A folder that is there
        # already, perhaps shared by several users, keeps its rights.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ObjectsUnavailable(
            f"The folder of the object store cannot be made: {error}.",
            hint="Let `store.objects` name a folder that may be written to.",
        ) from error
    # Each run has a folder of its own; without clean-up they would outlive everything in them.
    return Objects(LocalStore(folder, automatic_cleanup=True), folder=folder)


def _open_remote(settings: Settings, scheme: str, place: str) -> Objects:
    address = settings.store.objects
    if scheme not in {"s3", "gs", "az"}:
        raise ObjectsAddressInvalid(
            f"`store.objects` is {address!r}: this kind of store is not supported.",
            hint=f"Write a path, or {_FORMS}.",
        )
    bucket, _, prefix = place.partition("/")
    if not bucket:
        raise ObjectsAddressInvalid(
            f"`store.objects` is {address!r}: the bucket is missing.", hint=f"Write {_FORMS}."
        )
    try:
        return Objects(_store(settings, scheme, bucket, prefix.strip("/") or None))
    except (BaseError, ValueError) as error:
        said = str(error).partition("\n")[0]
        raise ObjectsAddressInvalid(
            f"The bucket of `store.objects` {address!r} cannot be opened: {said}.",
            hint="Check `store.objects_endpoint`, `store.objects_region` and the keys.",
        ) from None


def _store(
    settings: Settings, scheme: str, bucket: str, prefix: str | None
) -> S3Store | GCSStore | AzureStore:
    client: obstore.store.ClientConfig = {**_CLIENT, "allow_http": _speaks_http(settings)}
    match scheme:
        case "gs":
            return GCSStore(
                bucket,
                prefix=prefix,
                config=_gcs_config(settings),
                client_options=client,
                retry_config=_RETRIES,
            )
        case "az":
            return AzureStore(
                bucket,
                prefix=prefix,
                config=_azure_config(settings),
                client_options=client,
                retry_config=_RETRIES,
            )
        case _:
            return S3Store(
                bucket,
                prefix=prefix,
                config=_bucket_config(settings),
                client_options=client,
                retry_config=_RETRIES,
            )


def _gcs_config(settings: Settings) -> "obstore.store.GCSConfig":
    section = settings.store
    config: obstore.store.GCSConfig = {}
    if section.objects_credentials is not None:
        config["service_account"] = str(settings.path(section.objects_credentials))
    if section.objects_endpoint is not None:
        config["base_url"] = section.objects_endpoint
    return config


def _azure_config(settings: Settings) -> "obstore.store.AzureConfig":
    section = settings.store
    config: obstore.store.AzureConfig = {}
    if section.objects_account is not None:
        config["account_name"] = section.objects_account
    if (secret := _open(section.objects_secret)) is not None:
        config["account_key"] = secret
    if section.objects_endpoint is not None:
        config["endpoint"] = section.objects_endpoint
    return config


def _bucket_config(settings: Settings) -> "obstore.store.S3Config":
    section = settings.store
    config: obstore.store.S3Config = {}
    if section.objects_region is not None:
        config["region"] = section.objects_region
    if section.objects_endpoint is not None:
        config["endpoint"] = section.objects_endpoint
    if (key_id := _open(section.objects_key_id)) is not None:
        config["access_key_id"] = key_id
    if (secret := _open(section.objects_secret)) is not None:
        config["secret_access_key"] = secret
    return config


def _speaks_http(settings: Settings) -> bool:
    return (settings.store.objects_endpoint or "").startswith("http://")


def _open(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret is not None else None
