"""Answers to notebook 04: right in different styles, and wrong."""

TURN = """
def turn(rise, fall, contrast):
    on = {on}
    off = {off}
    return {end}
"""
RIGHT = {
    "on": "int(rise / contrast)",
    "off": "max(int((on * contrast - (rise - fall)) / contrast), 0)",
    "end": "on, off",
}


def turn(**lines):
    return TURN.format(**RIGHT | lines)


DECODE = "def decode(raw):\n    x, y, high, middle, low = raw\n    "

ANSWERS = {
    "ex04-turn": (
        [
            turn(end="[on, off]"),
            turn(on="rise // contrast", end="np.array([on, off])"),
            turn(on="math.floor(rise / contrast)", end="torch.tensor([on, off])"),
            """
def turn(rise, fall, contrast):
    level = on = off = 0
    while level + contrast <= rise:
        level, on = level + contrast, on + 1
    while level - contrast >= rise - fall:
        level, off = level - contrast, off + 1
    return np.float32(on), np.float32(off)
""",
        ],
        [
            turn(off="int(fall / contrast)"),
            turn(off="on"),
            turn(off="int((on * contrast - (rise - fall)) // contrast)"),
            turn(on="round(rise / contrast)"),
            turn(end="4, 1"),
        ],
    ),
    "ex04-burst": (
        [
            "first_edge, second_edge = 28.6, 100",
            "first_edge, second_edge = np.float32(28.57), torch.tensor(100)",
            "t = np.concatenate([np.arange(600) / 2, np.arange(600) / 12])\n"
            "t.sort()\n"
            "first_edge, second_edge = t[[400, 800]]",
        ],
        [
            "first_edge, second_edge = 100, 200",
            "first_edge, second_edge = 28.6, 57.1",
            "first_edge, second_edge = 33.3, 100",
        ],
    ),
    "ex04-decode": (
        [
            DECODE + "return [(high % 128) * 65536 + middle * 256 + low, x, y, high // 128]",
            "def decode(raw):\n"
            "    t = int.from_bytes(raw[2:], 'big')\n"
            "    return np.array([t & 0x7FFFFF, raw[0], raw[1], t >> 23])",
            "def decode(raw):\n"
            "    bits = ''.join(f'{b:08b}' for b in raw)\n"
            "    return int(bits[17:], 2), int(bits[:8], 2), int(bits[8:16], 2), bits[16] == '1'",
            "def decode(raw):\n"
            "    b = torch.tensor(list(raw))\n"
            "    t = (b[2] & 127) << 16 | b[3] << 8 | b[4]\n"
            "    return torch.stack([t, b[0], b[1], b[2] >> 7])",
        ],
        [
            DECODE + "return high << 16 | middle << 8 | low, x, y, high >> 7",
            DECODE + "return (high & 127) << 16 | middle << 8 | low, y, x, high >> 7",
            DECODE + "return (high & 127) << 16 | middle << 8 | low, x, y, high & 128",
            DECODE + "return (high & 127) | middle << 8 | low << 16, x, y, high >> 7",
        ],
    ),
}
