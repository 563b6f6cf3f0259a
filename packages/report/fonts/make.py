"""Makes the fonts of the share card and the widths of their characters; README.md says of what.

python3 make.py FOLDER-OF-THE-PACKAGE
"""

import json
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

HERE = Path(__file__).parent
PACKAGE = Path(sys.argv[1])
FAMILY = "Bakeoff Sans"
WEIGHTS = {"regular": ("400Regular/SourceSans3_400Regular.ttf", 400), "semibold": ("600SemiBold/SourceSans3_600SemiBold.ttf", 600)}
# Latin letters and what Europe adds to them, punctuation, and the signs of our sentences.
WANTED = [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2027), 0x20AC, 0x2122, 0x2192, 0x2212, 0x2248, 0x2264, 0x2265, 0x2713, 0xFFFD]


def cut(name: str, file: str, weight: int) -> dict[int, int]:
    """Writes a font. Returns the width of each of its characters, in thousandths of the size."""
    font = TTFont(PACKAGE / file)
    options = subset.Options(layout_features=[], hinting=False, notdef_outline=True, name_IDs=[0, 13, 14])
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=WANTED)
    cutter.subset(font)
    for number, text in {1: FAMILY, 2: "Regular", 4: f"{FAMILY} {weight}", 6: f"BakeoffSans-{weight}"}.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    font["OS/2"].usWeightClass = weight
    font.save(HERE / f"{name}.ttf")
    scale = 1000 / font["head"].unitsPerEm
    return {code: round(font["hmtx"][glyph][0] * scale) for code, glyph in font.getBestCmap().items()}


widths = {name: cut(name, *of) for name, of in WEIGHTS.items()}
codes = sorted(set.intersection(*(set(of) for of in widths.values())))
lines = [f'"characters": {json.dumps("".join(map(chr, codes)), ensure_ascii=False)}']
lines += [f'"{name}": {json.dumps([of[code] for code in codes], separators=(",", ":"))}' for name, of in widths.items()]
(HERE / "widths.json").write_text("{\n  " + ",\n  ".join(lines) + "\n}\n", encoding="utf-8")
