"""Cutting a font down to what was drawn: a static TrueType or CFF font of those glyphs alone, at one weight."""

from collections.abc import Mapping
from io import BytesIO

from tc_cli.transcript.faces import Cluster, Face

UNUSED_TABLES = ("GSUB", "GPOS", "GDEF", "BASE", "MATH", "STAT", "COLR", "CPAL", "SVG ", "vhea", "vmtx", "VORG")


def cut(face: Face) -> tuple[bytes, dict[int, int]]:
    """Return the font of a face's drawn glyphs, and for each its id there."""
    font, new_ids = _subset(face)
    return _merge(font, face.merged, new_ids) if face.merged else (font, new_ids)


def _subset(face: Face) -> tuple[bytes, dict[int, int]]:
    import uharfbuzz as hb

    wanted = hb.SubsetInput()
    wanted.glyph_set.update(face.drawn)
    wanted.unicode_set.add(ord(" "))
    flags = hb.SubsetFlags
    wanted.flags = flags.NO_HINTING | flags.NOTDEF_OUTLINE | flags.NO_LAYOUT_CLOSURE | flags.DOWNGRADE_CFF2
    wanted.drop_table_tag_set.update(int.from_bytes(tag.encode()) for tag in UNUSED_TABLES)
    for tag, axis in face.axes.items():
        place = min(max(face.weight, axis.min_value), axis.max_value) if tag == "wght" else axis.default_value
        wanted.pin_axis_location(face.source, tag, place)
    plan = hb.SubsetPlan(face.source, wanted)
    return plan.execute().blob.data, dict(plan.old_to_new_glyph_mapping)


def _merge(font: bytes, clusters: Mapping[Cluster, int], new_ids: dict[int, int]) -> tuple[bytes, dict[int, int]]:
    """Add a composite glyph for each cluster."""
    from fontTools.pens.ttGlyphPen import TTGlyphPen
    from fontTools.ttLib import TTFont

    whole = TTFont(BytesIO(font), recalcTimestamp=False)
    names = list(whole.getGlyphOrder())
    outlines, metrics = whole["glyf"], whole["hmtx"]
    ids = dict(new_ids)
    for cluster, merged_id in clusters.items():
        pen = TTGlyphPen(outlines)
        for part, x, y in cluster.parts:
            pen.addComponent(names[new_ids[part]], (1, 0, 0, 1, x, y))
        ids[merged_id] = len(names)
        names.append(f"cluster{merged_id:x}")
        outlines[names[-1]] = pen.glyph()
        metrics[names[-1]] = (max(cluster.advance, 0), 0)
    whole.setGlyphOrder(names)
    out = BytesIO()
    whole.save(out)
    return out.getvalue(), ids
