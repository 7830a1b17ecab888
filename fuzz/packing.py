"""Takes archives apart and packs them again with every field open to lies: what the mutator of the intake needs."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

_MAX_ENTRIES = 400  # of an archive that is taken apart
_MAX_BYTES = 100_000  # of a file in it


@dataclass(slots=True, kw_only=True)
class ZipEntry:
    """One file of a zip as it is written; the last fields are what the headers say beside the truth."""

    name: bytes
    data: bytes = b""
    method: int = zipfile.ZIP_DEFLATED
    flags: int = 0
    external: int = 0
    system: int = 3
    extra: bytes = b""
    cut: int = 0  # bytes of the packed data that are left out
    more_size: int = 0
    more_crc: int = 0
    more_offset: int = 0
    zip64: bytes = b""  # sizes and offset of 64 bits each, which count in place of the short ones


@dataclass(slots=True, kw_only=True)
class TarEntry:
    """One header of a tar and its data; `size_text` is written instead of the true size where it is not empty."""

    name: bytes
    data: bytes = b""
    kind: bytes = b"0"
    link: bytes = b""
    prefix: bytes = b""
    magic: bytes = b"ustar\x0000"
    size_text: bytes = b""
    more_sum: int = 0


def zip_entries(content: bytes) -> list[ZipEntry]:
    """Return the files of a zip as far as they can be read."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return [_zip_entry(archive, info) for info in archive.infolist()[:_MAX_ENTRIES]]
    except (zipfile.BadZipFile, OSError, ValueError, struct.error, NotImplementedError, OverflowError, IndexError):
        return []


def _zip_entry(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> ZipEntry:
    try:
        with archive.open(info) as stream:
            data = stream.read(_MAX_BYTES)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, EOFError, RuntimeError, struct.error, OverflowError):
        data = b""
    return ZipEntry(
        name=info.orig_filename.encode("utf-8" if info.flag_bits & 0x800 else "cp437", "replace"),
        data=data,
        method=info.compress_type,
        flags=info.flag_bits,
        external=info.external_attr,
        system=info.create_system,
        extra=info.extra,
    )


def zip_bytes(entries: Sequence[ZipEntry], *, before: bytes = b"", comment: bytes = b"") -> bytes:
    """Pack a zip; the entries' lies stand in the list at its end, which is what readers believe."""
    files, listing = bytearray(before), bytearray()
    for entry in entries:
        packed = _packed(entry)
        sizes = [zlib.crc32(entry.data) + entry.more_crc, len(packed), len(entry.data) + entry.more_size]
        offset = max(len(files) + entry.more_offset, 0)
        extra = entry.extra
        if entry.zip64:
            sizes[1:], offset = [-1, -1], -1  # all bits set: look behind
            extra = struct.pack("<HH", 1, len(entry.zip64)) + entry.zip64
        common = struct.pack(
            "<HHHHHIIIHH",
            *(20, entry.flags & 0xFFFF, entry.method & 0xFFFF, 0, 0x21),
            *(size & 0xFFFFFFFF for size in sizes),
            *(len(entry.name) & 0xFFFF, len(extra) & 0xFFFF),
        )
        attributes = struct.pack("<HHHII", 0, 0, 0, entry.external & 0xFFFFFFFF, offset & 0xFFFFFFFF)
        listing += b"PK\1\2" + bytes((20, entry.system & 0xFF)) + common + attributes + entry.name + extra
        files += b"PK\3\4" + common + entry.name + extra + packed
    count = len(entries) & 0xFFFF
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, count, count, len(listing), len(files), len(comment) & 0xFFFF)
    return bytes(files + listing + end + comment)


def _packed(entry: ZipEntry) -> bytes:
    data = entry.data
    if entry.method == zipfile.ZIP_DEFLATED:
        deflate = zlib.compressobj(1, zlib.DEFLATED, -15)
        data = deflate.compress(data) + deflate.flush()
    return data[: len(data) - entry.cut] if entry.cut > 0 else data


def tar_entries(content: bytes) -> list[TarEntry]:
    """Return the headers of a tar with their data, whatever their checksums are."""
    entries: list[TarEntry] = []
    at = 0
    while at + 512 <= len(content) and len(entries) < _MAX_ENTRIES and content[at : at + 512].strip(b"\0"):
        block = content[at : at + 512]
        size = _octal(block[124:136])
        entries.append(
            TarEntry(
                name=_text(block[:100]),
                data=content[at + 512 : at + 512 + size],
                kind=block[156:157],
                link=_text(block[157:257]),
                prefix=_text(block[345:500]),
                magic=block[257:265],
            )
        )
        at += 512 + size + -size % 512
    return entries


def tar_bytes(entries: Sequence[TarEntry]) -> bytes:
    """Pack a tar with checksums that fit, unless an entry says otherwise."""
    return b"".join(_header(entry) + entry.data + bytes(-len(entry.data) % 512) for entry in entries) + bytes(1024)


def _header(entry: TarEntry) -> bytes:
    block = bytearray(512)
    fields = (
        (0, 100, entry.name),
        (100, 8, b"0000644\0"),
        (124, 12, entry.size_text or b"%011o\0" % len(entry.data)),
        (156, 1, entry.kind),
        (157, 100, entry.link),
        (257, 8, entry.magic),
        (345, 155, entry.prefix),
    )
    for start, width, value in fields:
        block[start : start + width] = value[:width].ljust(width, b"\0")
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % max(sum(block) + entry.more_sum, 0)
    return bytes(block)


def _text(field: bytes) -> bytes:
    return field.partition(b"\0")[0]


def _octal(field: bytes) -> int:
    digits = _text(field).strip(b" ")
    return min(int(digits, 8), _MAX_BYTES) if digits and not digits.strip(b"01234567") else 0
