#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# What each part of the photo's path does to the accuracy on pairs: explain-pairs.py PEOPLE [--cache FOLDER]. The path in
# Python (reference.py) is run as weights/README.md of the shared folder states it for its table, then one thing at a time
# is changed towards kin; the last row is kin itself. Each row is compared with the one above, pair by pair (McNemar's
# exact test; bootstrap over pairs for the interval of the difference).
import argparse
import dataclasses
import hashlib
import importlib
import math
import pathlib
import pickle
import sys

import numpy as np

import embeddings
import reference

pairs_of = importlib.import_module("evaluate-pairs")
SHARED, ROOT = embeddings.SHARED, embeddings.ROOT
FLOAT = {"pilot": SHARED / "weights" / "pilot-recogniser.tflite",
         "mobilefacenet": SHARED / "weights" / "mobilefacenet-foamliu.tflite"}


@dataclasses.dataclass(frozen=True)
class Way:
    """One way of a photo to its vector."""
    detector: str = "pilot-detector.onnx"  # of shared/weights, or a path
    passes: str = "one"      # "one": a view of at most 640 px; "all": smaller views too, for large faces
    min_face: float = 20     # px of the photo
    score: float = 0.5
    choose: str = "middle"   # "middle": large and near the middle; "score"; "area"
    half: float = 0.0        # taken from the finds' points: where a photo's pixel has its middle
    shrink: str = "none"     # before the warp of a large face: "none"; "area", as kin
    without: str = "middle"  # a photo without a face: "middle" is embedded, or it is "different" from everything
    mirror: bool = True      # the mirror image's vector is added
    recogniser: str = "pilot"


class Kept:
    """A dictionary in a file, so that a second run asks no network."""

    def __init__(self, folder, name):
        self.path, self.table, self.new = folder and pathlib.Path(folder) / f"{name}.pickle", {}, 0
        if self.path and self.path.exists():
            self.table = pickle.loads(self.path.read_bytes())

    def get(self, key, make):
        if key not in self.table:
            self.table[key] = make()
            self.new += 1
        return self.table[key]

    def save(self):
        if self.path and self.new:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_bytes(pickle.dumps(self.table))
            self.new = 0


class OnePass(reference.Detector):
    """A view of at most 640 px and nothing else: what weights/README.md's table was made with."""
    side, enlarge = reference.Detector.longer_side, False

    def frame(self, view):
        return view

    def all_passes(self, photo, min_face):
        height, width = photo.shape[:2]
        scale = self.side / max(height, width)
        if not self.enlarge:
            scale = min(1.0, scale)
        w, h = max(1, round(width * scale)), max(1, round(height * scale))
        rows = self.one_pass(self.frame(photo if scale == 1 else reference.resize(photo, w, h)))
        rows[:, 1::2] *= width / w
        rows[:, 2::2] *= height / h
        return rows


class Fixed(OnePass):
    """The picture shrunk into 320 x 320 and padded: what pilot-detector.tflite takes as it is."""
    side = 320

    def frame(self, view):
        padded = np.zeros((self.side, self.side, 3), np.uint8)
        padded[:view.shape[0], :view.shape[1]] = view
        return padded


class Enlarged(OnePass):
    """The longer side brought to 320 px, small photos enlarged."""
    side, enlarge = 320, True


class Swapped(OnePass):
    """Red and blue changed places, as cv2.imread leaves them: a mistake that is easily made."""

    def one_pass(self, photo):
        return super().one_pass(photo[..., ::-1])


class YuNet(OnePass):
    """OpenCV's YuNet at the photo's size: the other detector of the table (opencv_zoo's face_detection_yunet)."""

    def __init__(self, path, threads=1):
        super().__init__(path, threads)
        self.names = [o.name for o in self.network.session.get_outputs()]

    def one_pass(self, photo):
        h, w = photo.shape[:2]
        padded = np.zeros((1, 3, -(-h // 32) * 32, -(-w // 32) * 32), np.float32)
        padded[0, :, :h, :w] = photo[..., ::-1].transpose(2, 0, 1)
        session = self.network.session
        out = dict(zip(self.names, session.run(None, {session.get_inputs()[0].name: padded})))
        rows = []
        for stride in self.strides:
            cls, obj, box, points = (out[f"{n}_{stride}"][0].astype(np.float64) for n in ("cls", "obj", "bbox", "kps"))
            score, columns = np.sqrt(np.clip(cls[:, 0], 0, 1) * np.clip(obj[:, 0], 0, 1)), padded.shape[3] // stride
            for k in np.nonzero(score >= self.least_score)[0]:
                cell = np.array([k % columns, k // columns])
                centre, half = (cell + box[k, :2]) * stride, stride * np.exp(box[k, 2:]) / 2
                five = (points[k].reshape(5, 2) + cell) * stride
                rows.append(np.concatenate([[score[k]], centre - half, centre + half, five.ravel()]))
        return np.array(rows).reshape(-1, 15)


KINDS = {"one": OnePass, "all": reference.Detector, "fixed": Fixed, "enlarged": Enlarged, "swapped": Swapped, "yunet": YuNet}


class Paths:
    def __init__(self, cache):
        self.finds, self.vectors = Kept(cache, "finds"), Kept(cache, "vectors")
        self.networks, self.photos = {}, {}

    def network(self, key, make):
        if key not in self.networks:
            self.networks[key] = make()
        return self.networks[key]

    def faces(self, way, path, photo):
        """Greedy suppression keeps the better find, so what a higher least score keeps is a part of what 0.5 keeps."""
        def find():
            detector = self.network((way.detector, way.passes),
                                    lambda: KINDS[way.passes](SHARED / "weights" / way.detector))
            return detector(photo, way.min_face)
        faces = self.finds.get((way.detector, way.passes, 0.5, way.min_face, path.name), find)
        return [f for f in faces if f["score"] >= way.score]

    def vector(self, way, crop):
        key = (way.recogniser, way.mirror, hashlib.sha256(crop.tobytes()).digest())
        return self.vectors.get(key, lambda: self.network(
            way.recogniser, lambda: reference.Recogniser(FLOAT.get(way.recogniser, way.recogniser)))(crop, way.mirror))

    def of(self, way, path):
        """(unit vector or None, whether a face was found)"""
        photo = reference.read_photo(path)
        height, width = photo.shape[:2]
        faces = self.faces(way, path, photo)
        if not faces:
            return self.vector(way, reference.middle(photo)) if way.without == "middle" else None, False
        best = {"middle": lambda: reference.nearest_the_middle(faces, width, height),
                "score": lambda: 0,  # in order of their scores already
                "area": lambda: int(np.argmax([np.prod(f["box"][2:] - f["box"][:2]) for f in faces]))}[way.choose]()
        return self.vector(way, crop_of(way, photo, faces[best]["points"])), True


def crop_of(way, photo, points):
    """reference.align puts a photo's pixel middles at +0.5; a way without that gets it back."""
    return reference.align(photo, np.asarray(points, np.float64) - way.half + 0.5, shrink=way.shrink == "area")


LADDER = [
    ("as weights/README.md says: one view, bare warp", {}),
    ("smaller views for large faces", {"passes": "all"}),
    ("a photo's pixels have their middle at +0.5", {"half": 0.5}),
    ("large faces shrunk before the warp", {"shrink": "area"}),
    ("no face: different from everything", {"without": "different"}),
]
YUNET = {"detector": "face_detection_yunet_2026may.onnx", "passes": "yunet"}
BESIDE = [  # each compared with the first row of the ladder
    ("red and blue swapped for the detector", {"passes": "swapped"}),
    ("photos enlarged to 320 px", {"passes": "enlarged"}),
    ("photos shrunk into 320 x 320", {"passes": "fixed"}),
    ("the face of the best score", {"choose": "score"}),
    ("the largest face", {"choose": "area"}),
    ("score from 0.6 up", {"score": 0.6}),
    ("score from 0.7 up", {"score": 0.7}),
    ("YuNet, score from 0.5 up", YUNET),
    ("YuNet, score from 0.8 up", {**YUNET, "score": 0.8}),
]


class Pairs:
    """The pairs, their photos, and what an answer to each is worth."""

    def __init__(self, path, people):
        self.pairs = pairs_of.read_pairs(path)
        self.ends = [tuple(pairs_of.photo_of(people, end) for end in pair[:2]) for pair in self.pairs]
        self.photos = sorted({p for ends in self.ends for p in ends})
        self.same = np.array([p[2] for p in self.pairs])
        self.fold = np.array([p[3] for p in self.pairs])

    def judge(self, vectors):
        """Which pairs are answered rightly, each fold by the other nine's threshold; TAR at FAR 1e-2, 1e-3."""
        similarity = pairs_of.similarities(self.ends, vectors)
        right = pairs_of.answers(similarity, self.same, self.fold)
        tar = [(similarity[self.same] > np.quantile(similarity[~self.same], 1 - far)).mean() for far in (1e-2, 1e-3)]
        return right, tar


def mcnemar(a, b):
    """Pairs that only `b` has right, that only `a` has, and the exact two-sided probability of that by chance."""
    better, worse = int((b & ~a).sum()), int((a & ~b).sum())
    n, k = better + worse, min(better, worse)
    tail = sum(math.comb(n, i) for i in range(k + 1)) / 2 ** n
    return better, worse, min(1.0, 2 * tail)


def bootstrap(a, b, draws=4000):
    """95 % interval of the difference in accuracy, in points."""
    d = b.astype(np.int8) - a.astype(np.int8)
    dice = np.random.default_rng(1)
    means = [100 * d[dice.integers(0, len(d), len(d))].mean() for _ in range(draws)]
    return np.quantile(means, [0.025, 0.975])


def say(what, right, tar, missing, before):
    line = f"| {what} | {100 * right.mean():.2f} | {100 * tar[0]:.1f} / {100 * tar[1]:.1f} | {missing} |"
    if before is None:
        print(line + " | |")
    else:
        better, worse, p = mcnemar(before, right)
        low, high = bootstrap(before, right)
        print(f"{line} {100 * (right.mean() - before.mean()):+.2f} ({low:+.2f} to {high:+.2f}) | +{better} -{worse}, "
              f"p {p:.2g} |")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description="which part of a photo's path does what to the accuracy on pairs")
    embeddings.add_arguments(parser)
    parser.add_argument("--pairs", default=SHARED / "data" / "dev-pairs.txt")
    parser.add_argument("--recogniser", choices=list(FLOAT), default="pilot")
    parser.add_argument("--kept", help="folder that keeps finds and vectors between runs")
    parser.add_argument("--beside", action="store_true", help="also other detectors and mistakes that are easily made")
    options = parser.parse_args()
    pairs, paths = Pairs(options.pairs, pathlib.Path(options.people)), Paths(options.kept)

    def row(what, way, before):
        got = {p: paths.of(way, p) for p in pairs.photos}
        paths.finds.save(), paths.vectors.save()
        right, tar = pairs.judge({p: v for p, (v, _) in got.items()})
        say(what, right, tar, sum(not found for _, found in got.values()), before)
        return right

    print(f"{options.recogniser}, {len(pairs.pairs)} pairs, {len(pairs.photos)} photos")
    print("| way | accuracy % | TAR at FAR 1e-2 / 1e-3 | no face | difference (95 %) | pairs, McNemar |\n" + "|---" * 6 + "|")
    way, before, first = Way(recogniser=options.recogniser), None, None
    for what, change in LADDER:
        way = dataclasses.replace(way, **change)
        before = row(what if before is None else "+ " + what, way, before)
        first = before if first is None else first
    vectors, without = embeddings.embed_all(options, pairs.photos)
    say(f"kin itself (`{options.embed}`)", *pairs.judge(vectors), len(without), before)
    for what, change in BESIDE if options.beside else []:
        row("beside the first row: " + what, dataclasses.replace(Way(recogniser=options.recogniser), **change), first)


if __name__ == "__main__":
    main()
