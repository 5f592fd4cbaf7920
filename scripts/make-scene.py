#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# A large photo for speed tests: make-scene.py OUT.jpg pastes N portraits of a folder (default: samples/, where nobody is
# real) over a background with the light, colours and grain of a photo. 4000x3000 pixels unless told otherwise; the
# same arguments give the same picture.
import argparse
import math
import pathlib

import numpy as np
from PIL import Image, ImageFilter

ROOT = pathlib.Path(__file__).resolve().parent.parent


def background(width, height, draw):
    """Smooth colours at three scales and grain: compresses like a photo, looks like no face."""
    picture = np.zeros((height, width, 3), np.float32)
    for cells, strength in ((4, 70), (24, 25), (160, 10)):
        rough = draw.normal(0, strength, (max(2, cells * height // width), cells, 3)).clip(-110, 110)
        rough = Image.fromarray((rough + 128).astype(np.uint8)).resize((width, height), Image.BICUBIC)
        picture += np.asarray(rough, np.float32) - 128
    picture += draw.normal(0, 5, (height, width, 1)).astype(np.float32)
    return Image.fromarray((picture + 120).clip(0, 255).astype(np.uint8))


def soft_edge(size):
    """A mask that fades out over the outer tenth."""
    mask, edge = Image.new("L", size, 0), max(2, min(size) // 10)
    mask.paste(255, (edge, edge, size[0] - edge, size[1] - edge))
    return mask.filter(ImageFilter.GaussianBlur(edge / 2))


def scene(photos, width, height, count, seed):
    draw = np.random.default_rng(seed)
    canvas = background(width, height, draw)
    columns = math.ceil(math.sqrt(count * width / height))
    rows = math.ceil(count / columns)
    for k in range(count):
        cell_w, cell_h = width // columns, height // rows
        portrait = Image.open(photos[k % len(photos)]).convert("RGB")
        room = min(cell_w / portrait.width, cell_h / portrait.height)
        scale = room * draw.uniform(0.45, 0.95)
        size = (max(1, int(portrait.width * scale)), max(1, int(portrait.height * scale)))
        x = k % columns * cell_w + int(draw.integers(0, cell_w - size[0] + 1))
        y = k // columns * cell_h + int(draw.integers(0, cell_h - size[1] + 1))
        canvas.paste(portrait.resize(size, Image.LANCZOS), (x, y), soft_edge(size))
    return canvas


def main():
    parser = argparse.ArgumentParser(description="a large photo with many faces, for speed tests")
    parser.add_argument("out")
    parser.add_argument("--faces", type=int, default=12)
    parser.add_argument("--from", dest="folder", default=ROOT / "samples", help="folder of portraits (default: samples)")
    parser.add_argument("--size", type=lambda t: tuple(int(x) for x in t.split("x")), default=(4000, 3000))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quality", type=int, default=90)
    options = parser.parse_args()
    folder = pathlib.Path(options.folder)
    photos = [p for p in sorted(folder.rglob("*")) if p.suffix.lower() in (".jpg", ".jpeg", ".png")
              and p.parent != ROOT / "samples"]  # not the wall with all of them
    if not photos:
        raise SystemExit(f"{folder}: no photos in it")
    np.random.default_rng(options.seed).shuffle(photos)
    picture = scene(photos, *options.size, options.faces, options.seed)
    picture.save(options.out, quality=options.quality, subsampling=2)
    size = pathlib.Path(options.out).stat().st_size
    print(f"{options.out}: {picture.width}x{picture.height}, {options.faces} faces, {size:,} bytes")


if __name__ == "__main__":
    main()
