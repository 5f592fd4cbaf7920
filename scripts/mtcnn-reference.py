#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# MTCNN as facenet's detect_face.py runs it, in NumPy around TensorFlow's ops and OpenCV's resize, for comparison with
# `kin detect --detector mtcnn`:
#   mtcnn-reference.py detect [--min-face PX] PHOTO...       prints what kin detect --json prints, as far as it goes
#   mtcnn-reference.py compare [--min-face PX] [--kin COMMAND] PHOTO...
#                                                            largest difference; fails above 1 px or on another count
#   mtcnn-reference.py goldens                               remakes tests/golden/mtcnn/*.txt
# The arrays are $KIN_SHARED/weights/mtcnn/det1-3.npy, in float32 on the CPU. Two things are not as in detect_face.py:
# generateBoundingBox there mirrors the regression maps when exactly one cell of a level fires (--with-flip does it too),
# and a sort there that is not stable is a stable one here.
import argparse
import importlib
import json
import math
import os
import pathlib
import subprocess
import sys

import cv2
import numpy as np
from PIL import Image, ImageOps

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = pathlib.Path(os.environ.get("KIN_SHARED", ROOT.parent / "shared"))
FACTOR, CELL, STRIDE = 0.709, 12, 2
SCORES, LEVEL_LIMIT, LIMIT = (0.6, 0.7, 0.7), 0.5, 0.7
CHUNK = 256  # windows at a time
POINTS = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")


class Networks:
    def __init__(self):
        make = importlib.import_module("make-mtcnn")
        self.run = {name: make.network(name, make.arrays_of(SHARED / "weights" / "mtcnn", name)) for name in make.NETWORKS}

    def __call__(self, name, pictures):
        """Pictures [n, h, w, 3] of values 0..255; the networks see them transposed. Returns arrays with y before x."""
        fed = ((pictures - 127.5) * 0.0078125).astype(np.float32).transpose(0, 2, 1, 3)
        parts = [[np.asarray(y) for y in self.run[name](fed[i:i + CHUNK])] for i in range(0, len(fed), CHUNK)]
        out = [np.concatenate(p) for p in zip(*parts)]
        return [o.transpose(0, 2, 1, 3) for o in out] if name == "pnet" else out


def resized(picture, height, width):
    return cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)


def scales_of(height, width, min_face):
    """Every level on which a window of 12 pixels fits."""
    first, shorter, out = CELL / min_face, min(height, width) * (CELL / min_face), []
    while shorter >= CELL:
        out.append(first * FACTOR ** len(out))
        shorter *= FACTOR
    return out


def suppressed(boxes, scores, limit, smaller=False):
    """Indices of those that stay, best first; boxes count their last pixel in."""
    sides = boxes[:, 2:4] - boxes[:, 0:2] + 1
    area, left, stay = sides[:, 0] * sides[:, 1], np.argsort(scores, kind="stable"), []
    while left.size:
        best, left = left[-1], left[:-1]
        stay.append(best)
        common = (np.maximum(0, np.minimum(boxes[best, 2:4], boxes[left, 2:4])
                             - np.maximum(boxes[best, 0:2], boxes[left, 0:2]) + 1)).prod(1)
        whole = np.minimum(area[best], area[left]) if smaller else area[best] + area[left] - common
        left = left[common / whole <= limit]
    return np.array(stay, int)


def moved(boxes, by, plus):
    sides = np.tile(boxes[:, 2:4] - boxes[:, 0:2] + plus, 2)
    return boxes + by * sides


def squared(boxes):
    sides = boxes[:, 2:4] - boxes[:, 0:2]
    longer = sides.max(1, keepdims=True)
    corner = boxes[:, 0:2] + sides * 0.5 - longer * 0.5
    return np.hstack([corner, corner + longer])


def crops(picture, boxes, side):
    """Windows of the picture, black outside it, in double precision."""
    height, width = picture.shape[:2]
    out = np.zeros((len(boxes), side, side, 3))
    for k, (x0, y0, x1, y1) in enumerate(boxes.astype(int)):
        crop = np.zeros((y1 - y0 + 1, x1 - x0 + 1, 3))
        left, top, right, bottom = max(x0, 1), max(y0, 1), min(x1, width), min(y1, height)
        if left <= right and top <= bottom:
            crop[top - y0:bottom - y0 + 1, left - x0:right - x0 + 1] = picture[top - 1:bottom, left - 1:right]
        out[k] = resized(crop, side, side)
    return out


def proposed(networks, picture, min_face, flip):
    height, width = picture.shape[:2]
    boxes, scores, moves = [np.empty((0, 4))], [np.empty(0, np.float32)], [np.empty((0, 4), np.float32)]
    for scale in scales_of(height, width, min_face):
        level = resized(picture, math.ceil(height * scale), math.ceil(width * scale))
        move, probability = networks("pnet", level[None].astype(np.float64))
        score = probability[0, :, :, 1].T  # x before y: the order of the reference, which decides between equals
        x, y = np.nonzero(score >= np.float32(SCORES[0]))
        cells = np.stack([x, y], 1)
        box = np.hstack([np.fix((STRIDE * cells + 1) / scale), np.fix((STRIDE * cells + CELL) / scale)])
        by = move[0, y, score.shape[0] - 1 - x] if flip and len(x) == 1 else move[0, y, x]
        stay = suppressed(box, score[x, y], LEVEL_LIMIT)
        boxes.append(box[stay]), scores.append(score[x, y][stay]), moves.append(by[stay])
    boxes, scores, moves = (np.concatenate(p) for p in (boxes, scores, moves))
    stay = suppressed(boxes, scores, LIMIT)
    return squared(moved(boxes[stay], moves[stay], 0))


def detect(networks, picture, min_face=20, flip=False):
    """[(score, box x0 y0 x1 y1, points [5, 2])], best first."""
    boxes = np.fix(proposed(networks, picture, min_face, flip))
    if not len(boxes):
        return []
    move, probability = networks("rnet", crops(picture, boxes, 24))
    take = probability[:, 1] > np.float32(SCORES[1])
    boxes, scores, move = boxes[take], probability[take, 1], move[take]
    stay = suppressed(boxes, scores, LIMIT)
    boxes = np.fix(squared(moved(boxes[stay], move[stay], 1)))
    if not len(boxes):
        return []
    move, points, probability = networks("onet", crops(picture, boxes, 48))
    take = probability[:, 1] > np.float32(SCORES[2])
    boxes, scores, move, points = boxes[take], probability[take, 1], move[take], points[take]
    sides = boxes[:, 2:4] - boxes[:, 0:2] + 1
    points = points.reshape(-1, 2, 5).transpose(0, 2, 1) * sides[:, None] + boxes[:, None, 0:2] - 1
    boxes = moved(boxes, move, 1)
    return [(float(scores[i]), boxes[i], points[i]) for i in suppressed(boxes, scores, LIMIT, smaller=True)]


def photo(path):
    return np.asarray(ImageOps.exif_transpose(Image.open(path)).convert("RGB"))


def as_json(path, picture, faces):
    return {"file": str(path), "width": picture.shape[1], "height": picture.shape[0],
            "faces": [{"box": [round(float(v), 2) for v in box], "score": round(score, 4),
                       "points": {n: [round(float(v), 2) for v in p] for n, p in zip(POINTS, points)}}
                      for score, box, points in faces]}


def differences(ours, theirs):
    """Largest difference of a box's side and of a point's coordinate; None when the faces are not the same ones."""
    left, box_off, point_off = list(theirs), 0.0, 0.0
    if len(ours) != len(theirs):
        return None
    for face in ours:
        other = min(left, key=lambda f: np.abs(np.subtract(f["box"], face["box"])).max())
        left.remove(other)
        box_off = max(box_off, float(np.abs(np.subtract(other["box"], face["box"])).max()))
        point_off = max(point_off, *(float(np.abs(np.subtract(other["points"][n], face["points"][n])).max()) for n in POINTS))
    return box_off, point_off


def command_detect(options):
    networks = Networks()
    for path in options.photo:
        picture = photo(path)
        print(json.dumps(as_json(path, picture, detect(networks, picture, options.min_face, options.with_flip))))


def command_compare(options):
    networks, faces, bad, worst = Networks(), 0, 0, [0.0, 0.0]
    for path in options.photo:
        picture = photo(path)
        ours = as_json(path, picture, detect(networks, picture, options.min_face, options.with_flip))["faces"]
        answer = subprocess.run([*options.kin.split(), "detect", "--detector", options.detector, "--json", "--min-face",
                                 str(options.min_face), str(path)], capture_output=True, text=True, check=False).stdout
        theirs = json.loads(answer)["faces"]
        off = differences(ours, theirs)
        faces += len(ours)
        if off is None:
            print(f"{path}: {len(theirs)} faces, the reference has {len(ours)}")
            bad += 1
            continue
        worst = [max(a, b) for a, b in zip(worst, off)]
        bad += max(off) > 1
        print(f"{path}: {len(ours)} faces, boxes within {off[0]:.2f} px, points within {off[1]:.2f} px")
    print(f"{len(options.photo)} photos, {faces} faces: boxes within {worst[0]:.2f} px, points within {worst[1]:.2f} px, "
          f"{bad} photos off")
    sys.exit(1 if bad else 0)


def golden_resize(target):
    """Small pictures resized by cv2, a sample of the values: bytes exactly, doubles rounded to 4 digits."""
    draw = np.random.default_rng(9)
    lines = ["# cv2.resize(INTER_AREA), made by scripts/mtcnn-reference.py goldens. A case: kind, width height of the picture (that",
             "# of pattern() in tests/face/test_mtcnn_resample.c), width height of the result; then 40 of its values, rows from the",
             "# top, RGB: number k * 2654435761 mod (how many there are)."]
    sizes = [(8, 6, 4, 3), (9, 6, 3, 2), (6, 4, 6, 4), (12, 6, 3, 3), (11, 7, 5, 4), (13, 9, 12, 5), (17, 5, 4, 5),
             (23, 23, 24, 24), (5, 7, 9, 8), (9, 4, 11, 3), (4, 9, 3, 11), (31, 29, 24, 24), (3001, 3, 1500, 2)]
    sizes += [tuple(int(v) for v in draw.integers(1, 30, 4)) for _ in range(12)]
    for width, height, to_width, to_height in sizes:
        y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(3), indexing="ij")
        picture = ((x * x * 31 + y * y * 57 + c * 83 + x * y * 11) // 2 % 256).astype(np.uint8)
        for kind in ("bytes", "real"):
            flat = resized(picture if kind == "bytes" else picture.astype(np.float64), to_height, to_width).reshape(-1)
            lines.append(f"{kind} {width} {height} {to_width} {to_height}")
            lines.append(" ".join(f"{v:.4f}".rstrip("0").rstrip(".") for v in flat[[k * 2654435761 % flat.size for k in range(40)]]))
    target.write_text("\n".join(lines) + "\n", encoding="ascii")


def golden_samples(target):
    """The faces of the sample photos, which show nobody real."""
    networks = Networks()
    lines = ["# scripts/mtcnn-reference.py goldens: photo in samples/, faces with --min-face 20; a face: score, box x0 y0 x1 y1,",
             "# five points. Without the flip of the maps when one cell fires (the script's head)."]
    for path in sorted((ROOT / "samples").rglob("*.jpg")):
        faces = detect(networks, photo(path), 20)
        lines.append(f"photo {path.relative_to(ROOT / 'samples')} {len(faces)}")
        lines += [" ".join(f"{v:.3f}" for v in (score, *box, *points.reshape(-1))) for score, box, points in faces]
    target.write_text("\n".join(lines) + "\n", encoding="ascii")


def command_goldens(_):
    folder = ROOT / "tests" / "golden" / "mtcnn"
    folder.mkdir(exist_ok=True)
    golden_resize(folder / "resize.txt")
    golden_samples(folder / "samples.txt")
    for path in folder.glob("*.txt"):
        print(f"{path.relative_to(ROOT)}: {path.stat().st_size:,} bytes")


def main():
    parser = argparse.ArgumentParser(description="MTCNN in NumPy and TensorFlow, beside kin's")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for name, run in (("detect", command_detect), ("compare", command_compare)):
        verb = verbs.add_parser(name)
        verb.add_argument("photo", nargs="+")
        verb.add_argument("--min-face", type=float, default=20)
        verb.add_argument("--with-flip", action="store_true", help="as detect_face.py when one cell of a level fires")
        verb.add_argument("--kin", default=str(ROOT / "build" / "kin"))
        verb.add_argument("--detector", default="mtcnn")
        verb.set_defaults(run=run)
    verbs.add_parser("goldens").set_defaults(run=command_goldens)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
