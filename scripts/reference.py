#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# The way of a photo once more in Python (numpy, PIL, cv2, onnxruntime or TensorFlow's interpreter), as
# weights/README.md of the shared folder states it: what kin is measured against. `reference.py embed PHOTO...` prints
# what `kin embed --json` prints, so every evaluation script runs on either.
import argparse
import json
import math
import os
import pathlib
import sys

import cv2
import numpy as np
from PIL import Image, ImageOps

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = pathlib.Path(os.environ.get("KIN_SHARED", ROOT.parent / "shared"))
TEMPLATE = np.array([[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655],
                     [70.7299, 92.2041]])
POINTS = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")
MIDDLE_SIDE = 0.6  # of the shorter side: the square that stands for a face where none was found


class Network:
    """An .onnx (NCHW) or .tflite (NHWC) file; called with a picture batch [n, h, w, 3], answers in NHWC."""

    def __init__(self, path, threads=1):
        self.path, self.session, self.lite = str(path), None, None
        if self.path.endswith(".onnx"):
            import onnxruntime
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = threads
            self.session = onnxruntime.InferenceSession(self.path, options, providers=["CPUExecutionProvider"])
        else:
            import tensorflow as tf
            self.lite = tf.lite.Interpreter(self.path, num_threads=threads)
            self.shape = None

    def __call__(self, batch):
        batch = np.ascontiguousarray(batch, np.float32)
        if self.session:
            outputs = self.session.run(None, {self.session.get_inputs()[0].name: batch.transpose(0, 3, 1, 2)})
            return [o.transpose(0, 2, 3, 1) if o.ndim == 4 else o for o in outputs]
        index = self.lite.get_input_details()[0]["index"]
        if self.shape != batch.shape:
            self.lite.resize_tensor_input(index, batch.shape)
            self.lite.allocate_tensors()
            self.shape = batch.shape
        self.lite.set_tensor(index, batch)
        self.lite.invoke()
        return [self.lite.get_tensor(o["index"]) for o in self.lite.get_output_details()]


def read_photo(path):
    """[h, w, 3] RGB, upright."""
    with Image.open(path) as image:
        return np.asarray(ImageOps.exif_transpose(image).convert("RGB"))


def resize(photo, width, height):
    """Antialiased: triangle filter as wide as the shrinking asks for."""
    return np.asarray(Image.fromarray(photo).resize((width, height), Image.BILINEAR))


def iou(a, b):
    x = np.minimum(a[2], b[:, 2]) - np.maximum(a[0], b[:, 0])
    y = np.minimum(a[3], b[:, 3]) - np.maximum(a[1], b[:, 1])
    both = np.maximum(x, 0) * np.maximum(y, 0)
    area = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    return both / ((a[2] - a[0]) * (a[3] - a[1]) + area - both)


class Detector:
    """The single-shot detector. A face is a dictionary: box (x0, y0, x1, y1), score, points [5, 2]."""
    strides, least_score, overlap = (8, 16, 32), 0.5, 0.45
    smallest, largest, longer_side = 12, 250, 640

    def __init__(self, path, threads=1):
        self.network = Network(path, threads)

    def one_pass(self, photo):
        """All finds in a picture as the network sees it: rows of score, box, points."""
        h, w = photo.shape[:2]
        padded = np.zeros((1, -(-h // 32) * 32, -(-w // 32) * 32, 3), np.float32)
        padded[0, :h, :w] = photo
        rows = []
        for stride, grid in zip(self.strides, sorted(self.network(padded), key=lambda m: -m.shape[1])):
            cells = grid[0].astype(np.float64)
            score = 1 / (1 + np.exp(-cells[..., 0]))
            for j, i in zip(*np.nonzero(score >= self.least_score)):
                n, middle = cells[j, i], np.array([(i + 0.5) * stride, (j + 0.5) * stride])
                centre, half = middle + stride * n[1:3], stride * np.exp(n[3:5]) / 2
                points = middle + stride * n[5:15].reshape(5, 2)
                rows.append(np.concatenate([[score[j, i]], centre - half, centre + half, points.ravel()]))
        return np.array(rows).reshape(-1, 15)

    def all_passes(self, photo, min_face):
        """Smaller and smaller views until no face in it can be larger than the network knows; a pass leaves the sizes
        at its edge to the one that sees them better."""
        height, width = photo.shape[:2]
        scale, least, found = min(1.0, max(self.smallest / min_face, self.longer_side / max(height, width))), 0, []
        view = photo if scale == 1 else resize(photo, max(1, round(width * scale)), max(1, round(height * scale)))
        while True:
            h, w = view.shape[:2]
            last = min(h, w) <= self.largest
            rows = self.one_pass(view)
            side = np.maximum(rows[:, 3] - rows[:, 1], rows[:, 4] - rows[:, 2])
            middle = (rows[:, 1:3] + rows[:, 3:5]) / 2
            rows = rows[(side >= least) & (last | (side <= 1.25 * self.largest))
                        & (middle >= 0).all(1) & (middle < (w, h)).all(1)]
            rows[:, 1::2] *= width / w
            rows[:, 2::2] *= height / h
            found.append(rows)
            if last:
                return np.concatenate(found)
            factor = min(0.5, max(self.largest / min(h, w), 2 * self.smallest / self.largest))
            view = resize(view, max(1, round(w * factor)), max(1, round(h * factor)))
            least = 0.75 * self.largest * factor

    def __call__(self, photo, min_face=40):
        rows = self.all_passes(photo, min_face)
        rows = rows[np.argsort(-rows[:, 0], kind="stable")]
        faces = []
        while len(rows):
            best, rows = rows[0], rows[1:]
            faces.append({"score": best[0], "box": best[1:5], "points": best[5:].reshape(5, 2)})
            rows = rows[iou(best[1:5], rows[:, 1:5]) <= self.overlap]
        return [f for f in faces if min(f["box"][2:] - f["box"][:2]) >= min_face]


def nearest_the_middle(faces, width, height):
    """Index of the face that is large and near the middle: greatest area - 2 x squared distance (facenet's rule)."""
    def weight(face):
        x0, y0, x1, y1 = face["box"]
        off = ((x0 + x1) / 2 - width / 2) ** 2 + ((y0 + y1) / 2 - height / 2) ** 2
        return (x1 - x0) * (y1 - y0) - 2 * off
    return max(range(len(faces)), key=lambda i: weight(faces[i])) if faces else None


def similarity_transform(source, target):
    """Least squares (Umeyama 1991): the 2x3 matrix that turns source points into target points."""
    mean_s, mean_t = source.mean(0), target.mean(0)
    s, t = source - mean_s, target - mean_t
    u, d, vt = np.linalg.svd(t.T @ s / len(s))
    sign = np.array([1, np.sign(np.linalg.det(u) * np.linalg.det(vt))])
    turn = u @ np.diag(sign) @ vt
    scale = (d * sign).sum() / s.var(0).sum()
    return np.hstack([scale * turn, (mean_t - scale * turn @ mean_s)[:, None]])


def cells(row, size, middle, factor, limit):
    """Where the picture in between starts and how many cells it has, in one direction (src/pixels/warp.c)."""
    reach = (size - 1) / 2 * abs(row).sum() + abs(row).sum() + 2
    most = math.ceil(reach / factor)
    before, after = min(most, math.floor(middle / factor)), min(most, math.floor((limit - middle) / factor))
    return max(0, middle - before * factor), before + after


def overlap(start, count, factor, limit):
    """[count, limit]: how much of each pixel lies in each cell, over the cell's size."""
    low = start + factor * np.arange(count)[:, None]
    pixel = np.arange(limit)[None]
    return np.clip(np.minimum(low + factor, pixel + 1) - np.maximum(low, pixel), 0, None) / factor


def warp(photo, matrix, size):
    return cv2.warpAffine(photo, matrix, (size, size), flags=cv2.INTER_LINEAR)


def shrinking_warp(photo, matrix, size):
    """Large faces are shrunk first, by the mean over cells that are counted from the crop's middle; between scales 1.5
    and 2 that is mixed with the bare warp."""
    back = cv2.invertAffineTransform(matrix)
    scale = math.sqrt(abs(np.linalg.det(back[:, :2])))
    if scale <= 1.5:
        return warp(photo, matrix, size)
    middle = back @ [(size - 1) / 2, (size - 1) / 2, 1] + 0.5
    x, w = cells(back[0, :2], size, middle[0], scale, photo.shape[1])
    y, h = cells(back[1, :2], size, middle[1], scale, photo.shape[0])
    part = np.tensordot(overlap(y, h, scale, photo.shape[0]), photo.astype(np.float64), (1, 0))
    part = np.tensordot(part, overlap(x, w, scale, photo.shape[1]), (1, 1)).transpose(0, 2, 1)
    to = matrix @ np.array([[scale, 0, x + scale / 2 - 0.5], [0, scale, y + scale / 2 - 0.5], [0, 0, 1]])
    shrunk = warp(np.floor(part + 0.5).astype(np.uint8), to, size)
    share = min(1, 2 * scale - 3)
    return np.floor((1 - share) * warp(photo, matrix, size) + share * shrunk + 0.5).astype(np.uint8)


def align(photo, points, size=112, shrink=True):
    """The crop for the recogniser. The photo's points have the middle of a pixel at +0.5, the template has it at 0 (as
    src/face/align.c). `shrink` false: the bare warp, which skips pixels of a face much larger than the crop."""
    matrix = similarity_transform(np.asarray(points, np.float64) - 0.5, TEMPLATE)
    return (shrinking_warp if shrink else warp)(photo, matrix, size)


def middle(photo, size=112):
    """What stands for the face of a photo in which none was found."""
    height, width = photo.shape[:2]
    side = max(1, round(min(height, width) * MIDDLE_SIDE))
    x, y = (width - side) // 2, (height - side) // 2
    return resize(np.ascontiguousarray(photo[y:y + side, x:x + side]), size, size)


class Recogniser:
    def __init__(self, path, threads=1):
        self.network = Network(path, threads)
        foreign = "mobilefacenet" in str(path)
        self.mean = np.array([123.675, 116.28, 103.53] if foreign else [0, 0, 0], np.float32)
        self.scale = np.array([58.395, 57.12, 57.375] if foreign else [1, 1, 1], np.float32)

    def __call__(self, crop, mirror=True):
        crop = (crop.astype(np.float32) - self.mean) / self.scale
        vector = self.network(crop[None])[0].reshape(-1).astype(np.float64)
        if mirror:
            vector = vector + self.network(crop[None, :, ::-1])[0].reshape(-1)
        return vector / np.linalg.norm(vector)


def embed_photo(path, detector, recogniser, min_face, only_middle):
    photo = read_photo(path)
    height, width = photo.shape[:2]
    faces = detector(photo, min_face)
    if only_middle and faces:
        faces = [faces[nearest_the_middle(faces, width, height)]]
    record = {"file": str(path), "width": width, "height": height, "faces": []}
    for face in faces:
        record["faces"].append({
            "box": [round(float(x), 2) for x in face["box"]], "score": round(float(face["score"]), 5),
            "points": {n: [round(float(x), 2) for x in p] for n, p in zip(POINTS, face["points"])},
            "embedding": [round(float(x), 7) for x in recogniser(align(photo, face["points"]))]})
    if not faces and only_middle:
        record["middle"] = [round(float(x), 7) for x in recogniser(middle(photo))]
    return record


def main():
    parser = argparse.ArgumentParser(description="Python reference of kin's path; prints one JSON object a photo")
    parser.add_argument("verb", choices=["embed", "middle"],
                        help="middle: the vector of each photo's middle, whatever is there")
    parser.add_argument("photo", nargs="+")
    parser.add_argument("--json", action="store_true", help="accepted; the output is JSON anyway")
    parser.add_argument("--detector", default=SHARED / "weights" / "pilot-detector.onnx")
    parser.add_argument("-m", "--model", default=SHARED / "weights" / "pilot-recogniser.onnx")
    parser.add_argument("--min-face", type=float, default=40)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--only-middle", action="store_true",
                        help="the face nearest the middle, or the photo's middle where there is none (\"middle\")")
    options = parser.parse_args()
    detector = Detector(options.detector, options.threads) if options.verb == "embed" else None
    recogniser = Recogniser(options.model, options.threads)
    for path in options.photo:
        try:
            if options.verb == "middle":
                vector = recogniser(middle(read_photo(path)))
                record = {"file": path, "faces": [], "middle": [round(float(x), 7) for x in vector]}
            else:
                record = embed_photo(path, detector, recogniser, options.min_face, options.only_middle)
        except OSError as error:
            record = {"file": path, "error": {"status": 3, "message": str(error)}}
        print(json.dumps(record))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
