"""Reads the members of a tar archive, forwards only and in bounded memory.

The standard library's `tarfile` is not used: in the Python versions that are supported, a hostile header keeps it busy
for hours (CVE-2024-6232: quadratic regular expressions; CVE-2025-8194: negative sizes make it go in circles), and a
submission must not be able to stop a batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from grader.errors import IntakeError
from grader.intake.collecting import CHUNK_BYTES, EntryKind, Readable, hold_entries

MAX_STREAM_BYTES = 10**9  # of a whole unpacked archive, ignored files included
MAX_HEADER_BYTES = 2**20  # of a long name or of a set of extended attributes
MAX_ATTRIBUTES = 500_000  # of all members together; a megabyte of .tar.gz can hold 300 million, which took minutes
BLOCK_BYTES = 512

_KINDS = {
    **dict.fromkeys((b"0", b"\0", b"7"), EntryKind.FILE),
    b"5": EntryKind.FOLDER,
    **dict.fromkeys((b"1", b"2"), EntryKind.LINK),
}
_WITHOUT_DATA = frozenset({b"1", b"2", b"3", b"4", b"5", b"6"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TarMember:
    """One entry of a tar archive; `content` can be read until the next member is asked for."""

    name: str
    kind: EntryKind
    hard_link: str  # name of the earlier member whose content this one shares, else empty
    content: Readable


@dataclass(slots=True)
class _Extended:
    """What headers of their own say about the member that follows them."""

    name: str | None = None
    link: str | None = None
    size_bytes: int | None = None


def tar_members(stream: Readable, *, origin: str) -> Iterator[TarMember]:
    """Give the members of an unpacked tar archive in their order.

    Formats: v7, ustar (POSIX.1-1988), pax (POSIX.1-2001, section "pax Interchange Format") and GNU's long names.

    Raises: IntakeError for what is not a tar archive, is cut off, or has sparse files.
    """
    source = _Forward(stream, origin)
    extended = _Extended()
    headers = attributes = 0
    while (block := source.block()) is not None:
        headers += 1
        hold_entries(headers, origin)
        header = _Header.parse(block, origin)
        if header.kind in (b"x", b"X", b"L", b"K", b"g"):
            attributes += _extend(extended, header.kind, source.header_data(header.size_bytes), origin)
            if attributes > MAX_ATTRIBUTES:
                raise _damaged(origin, f"its files have more than {MAX_ATTRIBUTES:,} attributes")
            continue
        size_bytes = header.size_bytes if extended.size_bytes is None else extended.size_bytes
        content = _Content(source, 0 if header.kind in _WITHOUT_DATA else size_bytes)
        link = header.link if extended.link is None else extended.link
        yield TarMember(
            name=header.name if extended.name is None else extended.name,
            kind=_KINDS.get(header.kind, EntryKind.OTHER),
            hard_link=link if header.kind == b"1" else "",
            content=content,
        )
        content.skip()
        extended = _Extended()
    source.drain()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    name: str
    link: str
    kind: bytes
    size_bytes: int

    @classmethod
    def parse(cls, block: bytes, origin: str) -> _Header:
        if not _is_sum(_number(block[148:156], origin), block[:148] + b" " * 8 + block[156:]):
            raise _damaged(origin, "a header has a wrong checksum")
        name, prefix = _text(block[:100]), _text(block[345:500])
        if block[257:263] == b"ustar\0" and prefix:
            name = f"{prefix}/{name}"
        return cls(
            name=name,
            link=_text(block[157:257]),
            kind=block[156:157],
            size_bytes=_number(block[124:136], origin),
        )


def _is_sum(checksum: int, block: bytes) -> bool:
    """Tell whether the bytes add up to the checksum, as POSIX has it or, as some old programs do, as signed ones."""
    unsigned = sum(block)
    return checksum == unsigned or checksum == unsigned - 256 * sum(byte > 127 for byte in block)


def _text(field_bytes: bytes) -> str:
    return field_bytes.partition(b"\0")[0].decode("utf-8", "surrogateescape")


def _number(field_bytes: bytes, origin: str) -> int:
    """Read an octal number, or GNU's base 256 for what octal digits cannot hold."""
    if field_bytes[0] == 0x80:
        return int.from_bytes(field_bytes[1:])
    digits = field_bytes.partition(b"\0")[0].strip(b" ")
    if not digits:
        return 0
    if digits.strip(b"01234567"):
        raise _damaged(origin, "a header holds something that is not a number")
    return int(digits, 8)


def _extend(extended: _Extended, kind: bytes, data: bytes, origin: str) -> int:
    """Take what a header says about the next member; return the number of attributes in it."""
    attributes = 0
    if kind == b"L":
        extended.name = _text(data)
    elif kind == b"K":
        extended.link = _text(data)
    elif kind in (b"x", b"X"):
        for key, value in _pax_records(data, origin):
            _apply_record(extended, key, value, origin)
            attributes += 1
    return attributes


def _pax_records(data: bytes, origin: str) -> Iterator[tuple[str, bytes]]:
    """Give the records "LENGTH KEY=VALUE\\n" of an extended header; the length counts the whole record."""
    position = 0
    while position < len(data) and data[position] != 0:
        space = data.find(b" ", position, position + 10)
        length = data[position:space] if space > 0 else b""
        end = position + int(length) if length.isdigit() else 0
        if end <= space or data[end - 1 : end] != b"\n":
            raise _damaged(origin, "an extended header is malformed")
        key, _, value = data[space + 1 : end - 1].partition(b"=")
        yield key.decode("utf-8", "replace"), value
        position = end


def _apply_record(extended: _Extended, key: str, value: bytes, origin: str) -> None:
    if key.startswith("GNU.sparse"):
        raise IntakeError(f"{origin} holds a file that is packed as sparse; pack it again without that option")
    if key == "path":
        extended.name = value.decode("utf-8", "surrogateescape")  # with any NUL, which is refused later
    elif key == "linkpath":
        extended.link = value.decode("utf-8", "surrogateescape")
    elif key == "size":
        if not value.isdigit() or len(value) > 20:
            raise _damaged(origin, "an extended header holds a size that is not a number")
        extended.size_bytes = int(value)


class _Forward:
    """The unpacked archive; counts what was read and never goes back."""

    def __init__(self, stream: Readable, origin: str):
        self._stream = stream
        self.origin = origin
        self._read_bytes = 0

    def block(self) -> bytes | None:
        """Return the next header, or None at the end of the archive."""
        first = self._read_bytes == 0
        block = self.read(BLOCK_BYTES)
        if len(block) < BLOCK_BYTES and (first or block):
            raise _damaged(self.origin, "it ends in the middle of a header")
        return block if block.strip(b"\0") else None

    def header_data(self, size_bytes: int) -> bytes:
        """Return the data of a header that describes the next member."""
        if size_bytes > MAX_HEADER_BYTES:
            raise _damaged(self.origin, f"a header claims {size_bytes:,} bytes and the limit is {MAX_HEADER_BYTES:,}")
        content = _Content(self, size_bytes)
        data = b"".join(iter(lambda: content.read(CHUNK_BYTES), b""))
        content.skip()
        return data

    def drain(self) -> None:
        """Read on to the end of the file: only there is the checksum of a .tar.gz compared."""
        while self.read(CHUNK_BYTES):
            pass

    def read(self, size: int) -> bytes:
        """Return this many bytes, fewer only at the end of the file."""
        data = b""
        while len(data) < size and (more := self._stream.read(size - len(data))):
            data += more
        self._read_bytes += len(data)
        if self._read_bytes > MAX_STREAM_BYTES:
            raise IntakeError(
                f"{self.origin} unpacks to more than {MAX_STREAM_BYTES / 1e6:,.0f} MB, ignored files included; "
                f"leave out data, libraries and virtual environments and hand it in again"
            )
        return data


@dataclass(slots=True)
class _Content:
    """The bytes of one member, and behind them the padding up to a full block."""

    source: _Forward
    size_bytes: int
    _done_bytes: int = field(default=0, init=False)

    def read(self, size: int, /) -> bytes:
        wanted = min(size, CHUNK_BYTES, self.size_bytes - self._done_bytes)
        data = self.source.read(wanted) if wanted > 0 else b""
        if len(data) < wanted:
            raise _damaged(self.source.origin, "it ends in the middle of a file")
        self._done_bytes += len(data)
        return data

    def skip(self) -> None:
        """Read what is left of the member and its padding."""
        while self.read(CHUNK_BYTES):
            pass
        self.source.read(-self.size_bytes % BLOCK_BYTES)


def _damaged(origin: str, reason: str) -> IntakeError:
    return IntakeError(f"{origin} is damaged or is not a tar archive ({reason}); pack it again and hand that in")
