"""One file out of a multipart form (RFC 7578), bounded while it is read and never on disk in the clear."""

from collections.abc import AsyncGenerator
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request
from python_multipart.exceptions import MultipartParseError
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from cloud.matters.archives.pictures import MOST_BYTES

_FRAME = 64 * 1024  # what stands around the file
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {"file": {"type": "string", "format": "binary", "maxLength": MOST_BYTES}},
                }
            }
        },
    },
    "responses": {
        "413": {"description": "Too many bytes, pixels or pages"},
        "415": {"description": "Neither PNG, JPEG nor PDF, or no multipart form"},
    },
}


class _InMemory(MultiPartParser):
    spool_max_size = MOST_BYTES + _FRAME + 1  # a file of its size never leaves memory

    def discard(self) -> None:
        for file in self._files_to_close_on_error:
            file.close()


async def _file(request: Request) -> bytes:
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise HTTPException(415, "send multipart/form-data with one part, file")
    parser = _InMemory(request.headers, _bounded(request), max_files=1, max_fields=0)
    try:
        sent = (await parser.parse()).get("file")
        if not isinstance(sent, UploadFile):
            raise HTTPException(422, "file: is missing")
        return await sent.read()
    except (MultiPartException, MultipartParseError, KeyError, ValueError) as wrong:
        raise HTTPException(422, f"file: no multipart form with one file: {str(wrong)[:100]}") from None
    finally:
        parser.discard()


async def _bounded(request: Request) -> AsyncGenerator[bytes, None]:
    read = 0
    async for chunk in request.stream():
        read += len(chunk)
        if read > MOST_BYTES + _FRAME:
            raise HTTPException(413, f"at most {MOST_BYTES >> 20} MiB")
        yield chunk


File = Annotated[bytes, Depends(_file)]
