#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# The networks of the zoo beside the same architectures in Keras 3 (tensorflow):
#   golden-zoo.py summary [NAME...]   layers, order, classes, shapes, parameters, connections, totals of `kin summary`
#   golden-zoo.py layers [NAME...] [--no-top] [--side N] [--batch N]   every layer's output for the same weights, plain and fused
#   golden-zoo.py recognize [NAME...]   the network by TensorFlow's converter, with its card of models/cards and made-up labels:
#                                     `kin recognize` beside TensorFlow's interpreter on the same crop of a sample photo
#   golden-zoo.py small [NAME...]   remakes tests/golden/zoo/*.txt: Keras' layers for kin's own random weights (seed 1)
# kin is looked for in build/ (--build DIR). Exit status 1 where something differs. Keras' names have '_' for '/'.
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
NAMES = ("vggface-vgg16", "vggface2-resnet50", "vggface2-senet50")
LIMIT = 1e-4  # largest error over the layer's largest value


def vgg16(keras, x, top):
    layers = keras.layers
    for stage, (count, width) in enumerate([(2, 64), (2, 128), (3, 256), (3, 512), (3, 512)], 1):
        for i in range(1, count + 1):
            x = layers.Conv2D(width, 3, padding="same", activation="relu", name=f"conv{stage}_{i}")(x)
        x = layers.MaxPooling2D(2, name=f"pool{stage}")(x)
    if top:
        x = layers.Flatten(name="flatten")(x)
        for name, width, act in (("fc6", 4096, "relu"), ("fc7", 4096, "relu"), ("fc8", 2622, "softmax")):
            x = layers.Dense(width, name=name)(x)
            x = layers.Activation(act, name=f"{name}_{act}")(x)
    return x


def bottlenecks(keras, x, top, squeeze, epsilon):
    layers = keras.layers

    def conv(x, name, width, side=1, stride=1, norm=True, **more):
        x = layers.Conv2D(width, side, strides=stride, use_bias=not norm, name=name, **more)(x)
        return layers.BatchNormalization(epsilon=epsilon, name=name + "_bn")(x) if norm else x

    def act(x, kind="relu"):
        return layers.Activation(kind)(x)

    x = act(conv(x, "conv1_7x7_s2", 64, 7, 2, padding="same"))
    x = layers.MaxPooling2D(3, strides=2)(x)
    for stage, blocks in ((2, 3), (3, 4), (4, 6), (5, 3)):
        width = 64 << (stage - 2)
        for block in range(1, blocks + 1):
            entry, at = x, f"conv{stage}_{block}_1x1"
            stride = 2 if block == 1 and stage > 2 else 1
            x = act(conv(entry, at + "_reduce", width, stride=stride))
            x = act(conv(x, f"conv{stage}_{block}_3x3", width, 3, padding="same"))
            x = conv(x, at + "_increase", 4 * width)
            if squeeze:
                weight = layers.Reshape((1, 1, 4 * width))(layers.GlobalAveragePooling2D()(x))
                weight = act(conv(weight, at + "_down", width // 4, norm=False))
                weight = act(conv(weight, at + "_up", 4 * width, norm=False), "sigmoid")
                x = layers.Multiply()([x, weight])
            if block == 1:
                entry = conv(entry, at + "_proj", 4 * width, stride=stride)
            x = act(layers.Add()([x, entry]))
    x = layers.AveragePooling2D(7, name="avg_pool")(x)
    return layers.Dense(8631, activation="softmax", name="classifier")(layers.Flatten()(x)) if top else x


def build(keras, name, side, top):
    keras.backend.clear_session()
    x = keras.Input((side, side, 3))
    if name == "vggface-vgg16":
        y = vgg16(keras, x, top)
    else:
        squeeze = name == "vggface2-senet50"
        y = bottlenecks(keras, x, top, squeeze, 1e-4 if squeeze else 1e-3)
    return keras.Model(x, y, name=name)


# --- summary ---

def plain(name):
    return name.replace("/", "_")


def inputs_of(layer):
    nodes = layer._inbound_nodes
    return [t._keras_history.operation.name for t in nodes[0].input_tensors] if nodes else []


def of_text(text):
    """{layer: (class, shape, parameters, inputs)} and totals, of kin's table."""
    rows, totals = [], []
    for line in text.splitlines():
        m = re.fullmatch(r"(\S+) \((\w+)\) +(\(.*?\)) +([\d,]+) +[\d,]+  (.*)", line)
        if m:
            name, kind, shape, count, inputs = m.groups()
            inputs = [] if inputs == "-" else [plain(i.removesuffix("[0][0]")) for i in inputs.split(", ")]
            rows.append((plain(name), kind, shape, int(count.replace(",", "")), inputs))
        elif "params:" in line:
            totals.append(line.strip())
    return rows, totals


def of_keras(model):
    rows = [(l.name, type(l).__name__, str(l.output.shape), l.count_params(), inputs_of(l)) for l in model.layers]
    lines = []
    model.summary(print_fn=lambda text, **_: lines.append(text))
    totals = [l.strip() for l in "\n".join(lines).splitlines() if "params:" in l]
    return rows, totals


def command_summary(options):
    import keras
    wrong = 0
    for name in options.names:
        for top in (True, False):
            arguments = [options.build / "kin", "summary", name] + ([] if top else ["--no-top"])
            found = of_text(subprocess.run(arguments, check=True, capture_output=True, text=True).stdout)
            expected = of_keras(build(keras, name, 224, top))
            bad = [(e, f) for e, f in zip(expected[0], found[0]) if e != f]
            same = not bad and len(expected[0]) == len(found[0]) and expected[1] == found[1]
            wrong += not same
            print(f"{name}{'' if top else ' --no-top'}: {len(found[0])} layers of {len(expected[0])},", "; ".join(found[1]),
                  "as Keras" if same else f"DIFFER: {bad[:3]} {expected[1]}")
    return wrong


# --- layers ---

def patches(rng, batch, side):
    """Pictures with parts that differ, as photos have: on plain noise all positions of the late layers are alike."""
    sum_of = np.zeros((batch, side, side, 3))
    for cell, size in ((75, 60), (25, 30), (8, 20), (1, 10)):
        grid = rng.uniform(-size, size, (batch, side // cell + 1, side // cell + 1, 3))
        sum_of += grid.repeat(cell, 1).repeat(cell, 2)[:, :side, :side]
    return sum_of.astype(np.float32)


def randomise(model, rng):
    """Weights that keep all layers near the size of 1 (pixels are brought there by the first, a block adds a little to
    its input), as in a trained network: gates that are full open or shut make noise of the last digits before them."""
    first = 1 / 75
    for layer in model.layers:
        values = []
        for v in layer.weights:
            if v.name == "kernel":
                values.append(rng.normal(0, first * np.sqrt(2 / np.prod(v.shape[:-1])), v.shape))
                first = 1
            elif v.name in ("gamma", "moving_variance"):
                small = 0.25 if v.name == "gamma" and layer.name.endswith("_increase_bn") else 1
                values.append(small * rng.uniform(0.5, 1.5, v.shape))
            else:
                values.append(rng.normal(0, 0.1, v.shape))
        if values:
            layer.set_weights(values)


def write_weights(model, path):
    with open(path, "wb") as out:
        for layer in model.layers:
            for i, value in enumerate(layer.get_weights()):
                out.write(f"{layer.name} {i} {value.size}\n".encode())
                out.write(np.ascontiguousarray(value, np.float32).tobytes())


def compare(keras, model, outputs, folder):
    worst, at, count = 0.0, "", 0
    for i, (layer, expected) in enumerate(zip(model.layers, outputs)):
        file = folder / f"{i}.npy"
        if not file.exists():
            continue
        found, count = np.load(file), count + 1
        error = float("inf")
        if found.shape == expected.shape:
            error = float(np.abs(found.astype(np.float64) - expected).max()) / (float(np.abs(expected).max()) or 1.0)
        if not error <= worst:
            worst, at = error, layer.name
        file.unlink()
    return worst, at, count


def command_layers(options):
    import keras
    wrong = 0
    for name in options.names:
        rng = np.random.default_rng(options.seed)
        model = build(keras, name, options.side, not options.no_top)
        picture = patches(rng, options.batch, options.side)
        randomise(model, rng)
        outputs = keras.Model(model.input, [l.output for l in model.layers]).predict(picture, verbose=0)
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            write_weights(model, folder / "weights")
            np.save(folder / "input.npy", picture)
            for how in ("--plain", ""):
                arguments = [options.build / "tests" / "dump_zoo", how, "--no-top" if options.no_top else "", name,
                             folder / "weights", folder / "input.npy", folder]
                subprocess.run([a for a in arguments if a], check=True, stdout=subprocess.DEVNULL)
                worst, at, count = compare(keras, model, outputs, folder)
                fine = count > 1 and worst <= LIMIT and (count == len(model.layers) or not how)
                wrong += not fine
                print(f"{name} {list(picture.shape)}{' --no-top' if options.no_top else ''} {how or 'fused'}: {count} of "
                      f"{len(model.layers)} layers, worst {worst:.1e} at {at}{'' if fine else ': WRONG'}", flush=True)
    return wrong


# --- small ---

MASK = (1 << 64) - 1
GOLDEN = 0x9E3779B97F4A7C15
SMALL = {"vggface-vgg16": 48, "vggface2-resnet50": 197, "vggface2-senet50": 197}  # the smallest sides
SAMPLES = 64


def mix(z):
    """SplitMix64's finaliser, as src/base/random.c, for a number or an array of uint64."""
    z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return z ^ z >> np.uint64(31)


def glorot(shape, seed, number):
    """Kernel `number` as kin_zoo_fill makes it: drawn in the order [out, cells, in], given in Keras'."""
    with np.errstate(over="ignore"):
        key = mix(mix(np.uint64((seed + GOLDEN) & MASK)) ^ np.uint64((number * GOLDEN + 1) & MASK))
        count = np.arange(1, np.prod(shape, dtype=np.int64) + 1, dtype=np.uint64)
        unit = (mix(key + np.uint64(GOLDEN) * count) >> np.uint64(11)).astype(np.float64) * 2.0 ** -53
    cells = int(np.prod(shape[:-2]))
    limit = np.sqrt(6 / (cells * (shape[-2] + shape[-1])))
    drawn = (limit * (2 * unit - 1)).astype(np.float32).reshape(shape[-1], *shape[:-1])
    return np.moveaxis(drawn, 0, -1)


def fill(model, seed):
    number = 0
    for layer in model.layers:
        values = []
        for v in layer.weights:
            values.append(glorot(tuple(v.shape), seed, number) if v.name == "kernel" else
                          np.full(v.shape, v.name in ("gamma", "moving_variance"), np.float32))
            number += 1
        if values:
            layer.set_weights(values)


def synthetic_picture(shape):
    """The picture of tests/golden/models/README.md."""
    n, y, x, c = np.meshgrid(*(np.arange(d, dtype=np.int64) for d in shape), indexing="ij")
    a = y // 8 * 31 + x // 8
    return ((7 * a * a + 13 * a + 40 * c + 101 * n) % 256).astype(np.float32)


def told(layer):
    """Layers of the small files: ends of blocks, poolings, gates."""
    return (type(layer).__name__.endswith(("Pooling2D", "Multiply"))
            or type(layer).__name__ == "Activation" and inputs_of(layer)[0].startswith("add"))


def command_small(options):
    import keras
    for name in options.names:
        shape = (1, SMALL[name], SMALL[name], 3)
        model = build(keras, name, SMALL[name], False)
        fill(model, 1)
        outputs = keras.Model(model.input, [l.output for l in model.layers]).predict(synthetic_picture(shape), verbose=0)
        lines = [f"# {name} without top, made by scripts/golden-zoo.py small; ../models/README.md explains the lines, tensor "
                 "numbers are layers", "input " + " ".join(str(d) for d in shape)]
        for i, (layer, value) in enumerate(zip(model.layers, outputs)):
            if told(layer):
                flat = value.reshape(-1)
                lines.append(f"tensor {i} {value.ndim} " + " ".join(str(d) for d in value.shape) + f" {np.abs(flat).max():.9g}")
                lines.append(" ".join(f"{flat[k * 2654435761 % flat.size]:.9g}" for k in range(SAMPLES)))
        target = ROOT / "tests" / "golden" / "zoo" / f"{name}.txt"
        target.parent.mkdir(exist_ok=True)
        target.write_text("\n".join(lines) + "\n", encoding="ascii")
        print(f"{target.relative_to(ROOT)}: {(len(lines) - 2) // 2} layers, {target.stat().st_size:,} bytes")
    return 0


# --- recognize ---

PHOTO = ROOT / "samples" / "people" / "chen" / "chen-4.jpg"


def crop_of(card, kin, folder):
    """What the card says of the photo's face, or of the whole photo, as the network's input."""
    import tensorflow as tf
    from PIL import Image
    side = card["input"]["width"]
    if card["input"]["align"] == "none":
        x = tf.image.resize(np.asarray(Image.open(PHOTO).convert("RGB"), np.float32), (side, side)).numpy()
    else:
        subprocess.run([kin, "crop", "--margin", str(card["input"]["margin"]), "--size", str(side), "-o", folder, PHOTO],
                       check=True, stdout=subprocess.DEVNULL)
        x = np.asarray(Image.open(folder / (PHOTO.stem + "-1.png")), np.float32)
    return (x[..., ::-1] - np.float32(card["input"]["mean"]))[None].astype(np.float32)


def command_recognize(options):
    import keras
    import tensorflow as tf
    wrong = 0
    for name in options.names:
        path = ROOT / "models" / "cards" / f"{name}.json"
        model = build(keras, name, 224, True)
        randomise(model, np.random.default_rng(1))
        labels = [f"person {i}" for i in range(model.output_shape[-1])]
        with tempfile.TemporaryDirectory() as folder:
            folder = pathlib.Path(folder)
            (folder / "plain.tflite").write_bytes(tf.lite.TFLiteConverter.from_keras_model(model).convert())
            (folder / "labels.txt").write_text("\n".join(labels) + "\n")
            subprocess.run([sys.executable, ROOT / "scripts" / "add-card.py", folder / "plain.tflite", path, folder / "net.tflite",
                            folder / "labels.txt"], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            said = subprocess.run([options.build / "kin", "recognize", "--csv", "-m", folder / "net.tflite", PHOTO], check=True,
                                  capture_output=True, text=True).stdout
            lite = tf.lite.Interpreter(str(folder / "net.tflite"), num_threads=1)
            lite.allocate_tensors()
            lite.set_tensor(lite.get_input_details()[0]["index"],
                            crop_of(json.loads(path.read_text()), options.build / "kin", folder))
            lite.invoke()
            expected = lite.get_tensor(lite.get_output_details()[0]["index"])[0]
        top = [(line.split(",")[-2], float(line.split(",")[-1])) for line in said.splitlines()[1:]]
        best = [labels[i] for i in np.argsort(-expected)[:5]]
        error = max(abs(p - expected[labels.index(label)]) for label, p in top)
        fine = [label for label, _ in top] == best and error <= 1e-4
        wrong += not fine
        print(f"{name}: {', '.join(f'{l} {p:g}' for l, p in top)}; largest difference to TensorFlow {error:.1e}"
              f"{'' if fine else f': WRONG, expected {best}'}", flush=True)
    return wrong


def main():
    parser = argparse.ArgumentParser(description="networks of the zoo beside Keras")
    verbs = parser.add_subparsers(dest="verb", required=True)
    for verb, run in (("summary", command_summary), ("layers", command_layers), ("small", command_small),
                      ("recognize", command_recognize)):
        sub = verbs.add_parser(verb)
        sub.add_argument("names", nargs="*", default=NAMES, metavar="NAME")
        sub.add_argument("--build", type=pathlib.Path, default=ROOT / "build")
        sub.set_defaults(run=run)
        if verb == "layers":
            sub.add_argument("--no-top", action="store_true")
            sub.add_argument("--side", type=int, default=224)
            sub.add_argument("--batch", type=int, default=1)
            sub.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sys.exit(1 if options.run(options) else 0)


if __name__ == "__main__":
    main()
