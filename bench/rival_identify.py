# SPDX-License-Identifier: Apache-2.0
#
# What kin identify does, as one would write it in Python: rival_identify.py ENGINE PHOTO VECTORS.npy NAMES.txt THRESHOLD
# names the faces of one photo and ends. bench/cold.py sets it beside kin.
#   onnxruntime  kin's own networks in ONNX Runtime
#   opencv       YuNet by cv2.FaceDetectorYN and MobileFaceNet (of the size of SFace) by cv2.dnn
# Imports nothing that it does not need: their time counts.
import os
import sys

import cv2
import numpy as np

SHARED = os.environ.get("KIN_SHARED", "../shared") + "/weights/"
TEMPLATE = np.array([[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655],
                     [70.7299, 92.2041]], np.float32)
MIN_FACE, LARGEST, LONGER_SIDE = 40, 250, 640


def views(photo):
    """The photo shrunk so that a face of MIN_FACE is still seen, then by half until the largest face is small enough."""
    h, w = photo.shape[:2]
    scale = min(1, max(12 / MIN_FACE, LONGER_SIDE / max(h, w)))
    while True:
        yield cv2.resize(photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else photo, scale
        if min(h, w) * scale <= LARGEST:
            return
        scale *= 0.5


class OnnxRuntime:
    def __init__(self):
        import onnxruntime
        self.detector, self.recogniser = (onnxruntime.InferenceSession(SHARED + f, providers=["CPUExecutionProvider"])
                                          for f in ("pilot-detector.onnx", "pilot-recogniser.onnx"))

    def one_pass(self, view):
        """Boxes as x, y, w, h; points; scores."""
        h, w = view.shape[:2]
        padded = np.zeros((-(-h // 32) * 32, -(-w // 32) * 32, 3), np.float32)
        padded[:h, :w] = view[:, :, ::-1]
        found = []
        for grid in self.detector.run(None, {self.detector.get_inputs()[0].name: padded.transpose(2, 0, 1)[None]}):
            cells = grid[0].transpose(1, 2, 0)
            stride = padded.shape[0] // cells.shape[0]
            j, i = np.nonzero(cells[:, :, 0] >= 0)
            n = cells[j, i]
            middle = np.stack([i + 0.5, j + 0.5], 1) * stride
            size = stride * np.exp(n[:, 3:5])
            points = (middle[:, None] + stride * n[:, 5:15].reshape(-1, 5, 2)).reshape(-1, 10)
            found.append(np.hstack([middle + stride * n[:, 1:3] - size / 2, size, points, 1 / (1 + np.exp(-n[:, :1]))]))
        return np.concatenate(found)

    def vector(self, crop):
        x = crop[:, :, ::-1].astype(np.float32).transpose(2, 0, 1)[None]
        name = self.recogniser.get_inputs()[0].name
        return sum(self.recogniser.run(None, {name: np.ascontiguousarray(v)})[0][0] for v in (x, x[:, :, :, ::-1]))


class OpenCV:
    def __init__(self):
        self.detector = cv2.FaceDetectorYN.create(SHARED + "face_detection_yunet_2026may.onnx", "", (320, 320), 0.5, 0.45)
        self.recogniser = cv2.dnn.readNetFromONNX(SHARED + "mobilefacenet-foamliu.onnx")

    def one_pass(self, view):
        self.detector.setInputSize(view.shape[1::-1])
        faces = self.detector.detect(view)[1]
        return np.zeros((0, 15), np.float32) if faces is None else faces

    def vector(self, crop):
        x = (crop[:, :, ::-1].astype(np.float32) / 255 - (0.485, 0.456, 0.406)) / (0.229, 0.224, 0.225)
        x = x.astype(np.float32).transpose(2, 0, 1)[None]
        total = 0
        for v in (x, x[:, :, :, ::-1]):
            self.recogniser.setInput(np.ascontiguousarray(v))
            total = total + self.recogniser.forward()[0].copy()
        return total


def faces(engine, photo):
    rows = [np.hstack([found[:, :14] / scale, found[:, 14:]]) for view, scale in views(photo)
            for found in [engine.one_pass(view)]]
    rows = np.concatenate(rows)
    keep = cv2.dnn.NMSBoxes(rows[:, :4].tolist(), rows[:, 14].tolist(), 0.5, 0.45)
    return [r for r in rows[np.asarray(keep, int).reshape(-1)] if min(r[2:4]) >= MIN_FACE]


def main():
    engine = {"onnxruntime": OnnxRuntime, "opencv": OpenCV}[sys.argv[1]]()
    photo = cv2.imread(sys.argv[2])
    known = np.load(sys.argv[3])
    names = open(sys.argv[4]).read().split("\n")
    for face in faces(engine, photo):
        matrix = cv2.estimateAffinePartial2D(face[4:14].reshape(5, 2).astype(np.float32), TEMPLATE, method=cv2.LMEDS)[0]
        v = engine.vector(cv2.warpAffine(photo, matrix, (112, 112)))
        similarity = known @ (v / np.linalg.norm(v)).astype(np.float32)
        best = int(similarity.argmax())
        print(names[best] if similarity[best] >= float(sys.argv[5]) else "unknown", f"{similarity[best]:.3f}")


main()
