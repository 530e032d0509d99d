"""The activity `parse-content`."""

from everloom.authoring import activity_type, beating
from everloom.core import Conflict
from everloom.objects import Objects

from .models import Download, ParsedBatch, ParseRequest


class DownloadDamaged(Conflict):
    """A part of the downloaded file is shorter than it was when it was stored."""

    code = "download-damaged"


class ParseActivities:
    """Parses batches, with what it needs."""

    def __init__(self, *, objects: Objects) -> None:
        self._objects = objects

    @activity_type(name="parse-content", queue="standard")
    def parse(self, request: ParseRequest) -> ParsedBatch:
        """Parse one batch of the file and put its good and its refused rows into the object store.

        The same request gives the same objects: it may be tried again at any point.

        Raises:
            FileUnreadable: The file is no table of products; its code says why.
            DownloadDamaged: A part of the file is shorter than it was.
            ObjectNotFound: A part of the file is gone: the import was finished.
            ObjectsUnavailable: The object store is away or full.
        """
        # Parsing brings polars along, and only a worker that parses shall wait for it.
        from .formats import parse_batch  # noqa: PLC0415

        with beating():
            batch = parse_batch(PartsSource(self._objects, request.download), request)
            folder, name = f"imports/{request.import_id}", f"{request.cursor.batch:05d}.csv"
            return ParsedBatch(
                batch=request.cursor.batch,
                key=self._put(f"{folder}/batches/{name}", batch.good_csv),
                rows=batch.rows,
                refused=batch.refused,
                refused_key=self._put(f"{folder}/refused/{name}", batch.refused_csv),
                problems=batch.problems,
                dialect=batch.dialect,
                next=batch.next,
                progress=batch.progress,
            )

    def _put(self, key: str, data: bytes) -> str:
        """The key; empty when there is nothing to put."""
        if not data:
            return ""
        self._objects.put(key, data)
        return key


class PartsSource:
    """A downloaded file as one file, read from its parts."""

    def __init__(self, objects: Objects, download: Download) -> None:
        self._objects = objects
        self._download = download

    @property
    def size(self) -> int:
        """Bytes in all."""
        return self._download.size

    def read(self, offset: int, length: int) -> bytes:
        """Exactly `length` bytes from `offset`, fewer only at the end of the file.

        Raises:
            DownloadDamaged: A part is shorter than it was.
            ObjectNotFound: A part is gone.
            ObjectsUnavailable: The object store is away.
        """
        end = min(offset + length, self.size)
        pieces: list[bytes] = []
        while offset < end:
            part, place = divmod(offset, self._download.part_size)
            wanted = min(end - offset, self._download.part_size - place)
            pieces.append(self._read_part(part, place, wanted))
            offset += wanted
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _read_part(self, part: int, place: int, length: int) -> bytes:
        key = f"{self._download.prefix}/{part:05d}"
        piece = self._objects.read(key, place, length)
        if len(piece) != length:
            raise DownloadDamaged(
                f"The part {key!r} of the file has {place + len(piece)} bytes; "
                f"at least {place + length} were stored.",
                hint="Start the import again.",
            )
        return piece
