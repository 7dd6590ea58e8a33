"""What a UART reads when the other side sends at another speed: 8N1, bit by bit, exactly reproducible.

    idle 1 │ start 0 │ bit 0 … bit 7 │ stop 1 │ the next byte, or idle 1

The receiver waits for the line to fall, looks again half a bit later, then in the middle of each of its own bits. A
byte whose stop bit is missing is handed out as it was read, and the receiver waits for the line to rise, as a 16550
does and Linux passes on from a raw terminal: a line held low is one byte, not a stream of them.
"""

_BITS = 10


def misread(data: bytes, sent_baud: int, read_baud: int) -> bytes:
    """`data` is sent in one go; before and after it the line is idle."""
    line = bytes(bit for byte in data for bit in (0, *(byte >> i & 1 for i in range(8)), 1))
    sent_bit, read_bit = 2 * read_baud, 2 * sent_baud  # in units of time that make half a bit a whole number
    received = bytearray()
    now = 0
    while (fall := line.find(0, now // sent_bit)) >= 0:
        begin = max(now, fall * sent_bit)
        samples = [_level(line, (begin + read_bit // 2 + i * read_bit) // sent_bit) for i in range(_BITS)]
        now = begin + read_bit // 2
        if samples[0]:  # shorter than half a bit: no start
            continue
        received.append(sum(bit << i for i, bit in enumerate(samples[1:9])))
        now += (_BITS - 1) * read_bit
        if not samples[-1]:
            rise = line.find(1, now // sent_bit)
            now = max(now, rise * sent_bit)  # the line always rises: each byte ends with a 1
    return bytes(received)


def _level(line: bytes, index: int) -> int:
    return line[index] if index < len(line) else 1
