#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# MTCNN's three networks from facenet's det1.npy, det2.npy, det3.npy (pickled dictionaries of arrays) to pnet.tflite, rnet.tflite, onet.tflite, where `--detector mtcnn` looks for them:
#   make-mtcnn.py [--from FOLDER] [--to FOLDER]
# FROM: default $KIN_SHARED/weights/mtcnn; TO: default $KIN_MODELS/mtcnn, else $XDG_DATA_HOME/kin/models/mtcnn. Any batch,
# P-Net any picture size; a card (models/cards/mtcnn.json) is inside. Then every layer's output in TensorFlow's
# interpreter is compared with TensorFlow's own ops on the arrays.
import argparse
import importlib
import json
import os
import pathlib
import pickle

import numpy as np

import tflite_file

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = pathlib.Path(os.environ.get("KIN_SHARED", ROOT.parent / "shared"))
LIMIT = 1e-4  # largest error over the layer's largest value

# What each network is (Zhang et al. 2016, as facenet has it), one layer a line. `conv`, `dense` and `prelu` name their
# arrays; convolutions are VALID. Heads branch off the last layer that is no head.
NETWORKS = {
    "pnet": ("det1.npy", None, [("conv", "conv1"), ("prelu", "PReLU1"), ("pool", 2, "SAME"), ("conv", "conv2"),
                                ("prelu", "PReLU2"), ("conv", "conv3"), ("prelu", "PReLU3"),
                                ("head", "conv4-2"), ("softmax", "conv4-1")]),
    "rnet": ("det2.npy", 24, [("conv", "conv1"), ("prelu", "prelu1"), ("pool", 3, "SAME"), ("conv", "conv2"),
                              ("prelu", "prelu2"), ("pool", 3, "VALID"), ("conv", "conv3"), ("prelu", "prelu3"),
                              ("dense", "conv4"), ("prelu", "prelu4"), ("head", "conv5-2"), ("softmax", "conv5-1")]),
    "onet": ("det3.npy", 48, [("conv", "conv1"), ("prelu", "prelu1"), ("pool", 3, "SAME"), ("conv", "conv2"),
                              ("prelu", "prelu2"), ("pool", 3, "VALID"), ("conv", "conv3"), ("prelu", "prelu3"),
                              ("pool", 2, "SAME"), ("conv", "conv4"), ("prelu", "prelu4"), ("dense", "conv5"),
                              ("prelu", "prelu5"), ("head", "conv6-2"), ("head", "conv6-3"),
                              ("softmax", "conv6-1")]),
}


class Arrays(pickle.Unpickler):
    """A pickle may name any function to call; these files name the makers of arrays only."""

    def find_class(self, module, name):
        if module.replace("numpy.core", "numpy._core") == "numpy._core.multiarray" and name == "_reconstruct":
            return np._core.multiarray._reconstruct
        if module == "numpy" and name in ("ndarray", "dtype"):
            return getattr(np, name)
        raise pickle.UnpicklingError(f"{module}.{name} has no place in a file of arrays")


def arrays_of(folder, name):
    with open(pathlib.Path(folder) / NETWORKS[name][0], "rb") as file:
        np.lib.format.read_magic(file)
        np.lib.format.read_array_header_1_0(file)
        found = Arrays(file, encoding="latin1").load().item()
    return {layer: {k: np.asarray(v, np.float32) for k, v in parts.items()} for layer, parts in found.items()}


def layers_of(name, arrays, x):
    """[(layer's name, its output)] by TensorFlow's ops, in the order of NETWORKS; x is [n, width, height, 3]."""
    import tensorflow as tf

    def weighed(y, layer):
        weights, bias = arrays[layer]["weights"], arrays[layer]["biases"]
        if weights.ndim == 2 and len(y.shape) == 4:  # a dense layer over all that is left of the picture: its PReLU
            weights = weights.reshape(*y.shape[1:], -1)  # becomes one op in the file behind a convolution only
        if weights.ndim == 4:
            return tf.nn.bias_add(tf.nn.conv2d(y, weights, 1, "VALID"), bias)
        return tf.nn.bias_add(tf.matmul(y, weights), bias)

    out = []
    for kind, layer, *rest in NETWORKS[name][2]:  # of a pool: kind, side, padding
        if kind == "prelu":
            x = tf.nn.relu(x) + -arrays[layer]["alpha"] * tf.nn.relu(-x)
        elif kind == "pool":
            x = tf.nn.max_pool2d(x, layer, 2, rest[0])
        elif kind in ("conv", "dense"):
            x = weighed(x, layer)
        y = x
        if kind in ("head", "softmax"):
            flat = name != "pnet" and len(x.shape) == 4
            y = weighed(tf.reshape(x, (-1, x.shape[3])) if flat else x, layer)
        if kind == "softmax":
            out.append((layer, y))
            y = tf.nn.softmax(y)
        out.append((f"{layer}/softmax" if kind == "softmax" else f"pool {len(out)}" if kind == "pool" else layer, y))
    return out


def heads(name, layers):
    """Box, points (O-Net), probability: the order in which facenet's networks answer."""
    named = dict(layers)
    return [named[layer] if kind == "head" else named[f"{layer}/softmax"]
            for kind, layer, *_ in NETWORKS[name][2] if kind in ("head", "softmax")]


def network(name, arrays):
    import tensorflow as tf
    side = NETWORKS[name][1]
    spec = tf.TensorSpec((None, side, side, 3), tf.float32, name="picture")
    return tf.function(lambda picture: heads(name, layers_of(name, arrays, picture)), input_signature=[spec])


def convert(name, arrays):
    import tensorflow as tf
    concrete = network(name, arrays).get_concrete_function()
    return tf.lite.TFLiteConverter.from_concrete_functions([concrete]).convert()


def with_card(data, name, card):
    add_card = importlib.import_module("add-card")
    model = tflite_file.schema.ModelT.InitFromObj(tflite_file.schema.Model.GetRootAsModel(bytes(data), 0))
    model.description = f"{card['name']} {name}"
    model.metadata = []
    tflite_file.sweep(model)
    add_card.put_card(model, {**card, "name": f"{card['name']} {name}"})
    return tflite_file.pack(model)


def check(path, name, arrays):
    """Largest error of a layer of the file against TensorFlow's ops, over the layer's largest value."""
    golden = importlib.import_module("golden-layers")
    draw, side = np.random.default_rng(1), NETWORKS[name][1]
    worst, layers = 0, set()
    for shape in [(3, side, side, 3)] if side else [(1, 12, 12, 3), (1, 61, 48, 3), (1, 128, 97, 3)]:
        x = (draw.integers(0, 256, shape).astype(np.float32) - 127.5) * 0.0078125
        ours = golden.run_tflite(path, x)
        for layer, expected in layers_of(name, arrays, x):
            expected = np.asarray(expected)
            # the converter names and merges layers in its own way: the nearest tensor of the same size is the layer
            same = [v.reshape(expected.shape) for _, _, v in ours if v.size == expected.size and v.dtype == np.float32]
            if not same:
                raise SystemExit(f"{path}: no tensor has the size of layer {layer}")
            worst = max(worst, min(float(np.abs(v - expected).max()) for v in same) / float(np.abs(expected).max()))
            layers.add(layer)
    return worst, len(layers)


def default_target():
    if os.environ.get("KIN_MODELS"):
        return pathlib.Path(os.environ["KIN_MODELS"]) / "mtcnn"
    data = os.environ.get("XDG_DATA_HOME") or pathlib.Path.home() / ".local" / "share"
    return pathlib.Path(data) / "kin" / "models" / "mtcnn"


def main():
    parser = argparse.ArgumentParser(description="MTCNN's networks from facenet's arrays to .tflite")
    parser.add_argument("--from", dest="source", default=SHARED / "weights" / "mtcnn")
    parser.add_argument("--to", dest="target", default=default_target())
    options = parser.parse_args()
    target = pathlib.Path(options.target)
    target.mkdir(parents=True, exist_ok=True)
    card = json.loads((ROOT / "models" / "cards" / "mtcnn.json").read_text(encoding="utf-8"))
    for name in NETWORKS:
        arrays = arrays_of(options.source, name)
        path = target / f"{name}.tflite"
        path.write_bytes(with_card(convert(name, arrays), name, card))
        worst, count = check(path, name, arrays)
        print(f"{path}: {path.stat().st_size:,} bytes, {count} layers compared with TensorFlow, worst {worst:.2e}")
        if worst > LIMIT:
            raise SystemExit(f"{path}: off by more than {LIMIT:g}")


if __name__ == "__main__":
    main()
