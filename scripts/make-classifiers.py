#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Two small classifiers with random weights for the tests of `kin recognize`, and what TensorFlow says of them:
#   make-classifiers.py            remakes tests/cli/models/faces.tflite (card: faces cut out with a margin, labels in the
#                                  card) and pictures.tflite (no card: TensorFlow Lite's metadata, labels in the zip behind)
#   make-classifiers.py --check    runs build/kin on a sample photo and TensorFlow's interpreter on the same pixels
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import zipfile

import numpy as np

import tflite_file

ROOT = pathlib.Path(__file__).resolve().parent.parent
PLACE = ROOT / "tests" / "cli" / "models"
PHOTO = ROOT / "samples" / "people" / "chen" / "chen-4.jpg"
SIDE = 32
LABELS = ["Anna", "Ben, the younger", "Chloé", "David", "Eva"]
CARD = {"card": 1, "name": "faces of a test", "version": "1", "kind": "classifier", "licence": "Apache-2.0",
        "input": {"width": SIDE, "height": SIDE, "channels": "BGR", "mean": [91.4953, 103.8827, 131.0912], "scale": [1, 1, 1],
                  "resize": "bilinear", "align": "margin", "margin": 0.25},
        "output": {"decode": "softmax"}, "labels": LABELS}


def network(seed, scale):
    import tensorflow as tf
    rng = np.random.default_rng(seed)
    x = tf.keras.Input((SIDE, SIDE, 3), batch_size=1)
    y = tf.keras.layers.Conv2D(8, 3, strides=2, activation="relu")(x)
    y = tf.keras.layers.GlobalAveragePooling2D()(y)
    model = tf.keras.Model(x, tf.keras.layers.Dense(len(LABELS), activation="softmax")(y))
    for layer in model.layers:
        if layer.weights:
            kernel, bias = (v.shape for v in layer.weights)
            layer.set_weights([rng.normal(0, scale / np.sqrt(np.prod(kernel[:-1])), kernel), rng.normal(0, 0.1, bias)])
            scale = 1
    return tflite_file.schema.ModelT.InitFromObj(
        tflite_file.schema.Model.GetRootAsModel(tf.lite.TFLiteConverter.from_keras_model(model).convert(), 0))


def official(mean, std):
    """TFLite's metadata of an image classifier, with the name of the label file."""
    card = {"name": "pictures of a test", "version": "1", "licence": "Apache-2.0", "input": {"mean": mean, "scale": std},
            "output": {"decode": "softmax"}}
    data = tflite_file.official_metadata(card, ["image"], ["probability"], labels="labels.txt")
    if data is None:
        sys.exit("tflite-support is not installed: pip install --no-deps tflite-support")
    return data


def make():
    PLACE.mkdir(exist_ok=True)
    faces = network(1, 1 / 20)
    tflite_file.set_metadata(faces, "KIN_CARD", json.dumps(CARD, ensure_ascii=False).encode())
    (PLACE / "faces.tflite").write_bytes(tflite_file.pack(faces))
    pictures = network(2, 2)
    tflite_file.set_metadata(pictures, "TFLITE_METADATA", official([127.5], [127.5]))
    (PLACE / "pictures.tflite").write_bytes(tflite_file.pack(pictures))
    with zipfile.ZipFile(PLACE / "pictures.tflite", "a") as archive:
        archive.writestr(zipfile.ZipInfo("labels.txt"), "\n".join(LABELS) + "\n")
    for name in ("faces", "pictures"):
        print(f"{name}.tflite: {(PLACE / (name + '.tflite')).stat().st_size:,} bytes")


def interpreter(path, x):
    import tensorflow as tf
    lite = tf.lite.Interpreter(str(path), num_threads=1)
    lite.allocate_tensors()
    lite.set_tensor(lite.get_input_details()[0]["index"], x.astype(np.float32)[None])
    lite.invoke()
    return lite.get_tensor(lite.get_output_details()[0]["index"])[0]


def pixels(path):
    from PIL import Image
    return np.asarray(Image.open(path).convert("RGB"), np.float32)


def check(kin):
    import tensorflow as tf
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([kin, "crop", "--margin", "0.25", "--size", str(SIDE), "-o", folder, PHOTO], check=True, stdout=subprocess.DEVNULL)
        crop = pixels(next(pathlib.Path(folder).glob("*.png")))
    whole = tf.image.resize(pixels(PHOTO), (SIDE, SIDE)).numpy()
    inputs = {"faces": crop[..., ::-1] - CARD["input"]["mean"], "pictures": (whole - 127.5) / 127.5}
    wrong = 0
    for name, x in inputs.items():
        path = PLACE / f"{name}.tflite"
        said = json.loads(subprocess.run([kin, "recognize", "--json", "-m", path, PHOTO], check=True, capture_output=True, text=True).stdout)
        top = (said["faces"][0] if name == "faces" else said)["top"]
        expected = interpreter(path, x)
        found = {t["label"]: t["probability"] for t in top}
        error = max(abs(found[label] - p) for label, p in zip(LABELS, expected))
        ordered = [t["label"] for t in top] == [LABELS[i] for i in np.argsort(-expected)]
        wrong += not ordered or error > 1e-3
        shown = ", ".join(f"{t['label']} {t['probability']}" for t in top)
        print(f"{name}: {shown}; largest difference to TensorFlow {error:.1e}{'' if ordered else ', in another order'}")
    return wrong


def main():
    parser = argparse.ArgumentParser(description="small classifiers for the tests of kin recognize")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--kin", type=pathlib.Path, default=ROOT / "build" / "kin")
    options = parser.parse_args()
    sys.exit(1 if options.check and check(options.kin) else 0 if options.check else make())


if __name__ == "__main__":
    main()
