#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Every layer of a network beside TensorFlow's interpreter (.tflite) or ONNX Runtime (.onnx):
#   golden-layers.py run MODEL OUT.npz [--input X.npy | --shape 1,224,192,3]   all tensors, by number (.onnx: by name)
#                                                    OUT.npy gets the input, for tests/tools/dump_layers
#   golden-layers.py compare OUT.npz DUMP      DUMP: folder of NUMBER.npy (or an .npz) from kin; fails above 1e-4
#   golden-layers.py small                     remakes tests/golden/models/*.txt, a sample of every layer
import argparse
import pathlib
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIMIT = 1e-4  # largest error over the layer's largest value
SAMPLES = 64
SMALL = {"recogniser": (2, 112, 112, 3), "detector": (1, 96, 160, 3)}


def synthetic_picture(shape):
    """Blocks of 8x8 pixels with values 0..255 by a formula that C repeats (tests/golden/models/README.md)."""
    n, y, x, c = np.meshgrid(*(np.arange(d, dtype=np.int64) for d in shape), indexing="ij")
    a = y // 8 * 31 + x // 8
    return ((7 * a * a + 13 * a + 40 * c + 101 * n) % 256).astype(np.float32)


def sampled(count):
    """Which elements of a tensor with `count` of them the small files hold."""
    return [k * 2654435761 % count for k in range(SAMPLES)]


def run_tflite(path, picture):
    """[(number, name, array)] of all computed tensors, in the order of the ops, without any delegate."""
    import tensorflow as tf
    lite = tf.lite.Interpreter(
        str(path), num_threads=1, experimental_preserve_all_tensors=True,
        experimental_op_resolver_type=tf.lite.experimental.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
    index = lite.get_input_details()[0]["index"]
    lite.resize_tensor_input(index, picture.shape)
    lite.allocate_tensors()
    lite.set_tensor(index, picture)
    lite.invoke()
    names = {t["index"]: t["name"] for t in lite.get_tensor_details()}
    numbers = [int(i) for op in lite._get_ops_details() if op["op_name"] != "DEQUANTIZE" for i in op["outputs"]]
    return [(i, names[i], lite.get_tensor(i)) for i in numbers]


def run_onnx(path, picture):
    """[(name, name, array)] of all computed tensors; pictures as NHWC."""
    import onnx
    import onnxruntime
    model = onnx.load(str(path))
    wanted = [o for node in model.graph.node for o in node.output if o]
    del model.graph.output[:]
    model.graph.output.extend(onnx.helper.make_empty_tensor_value_info(o) for o in wanted)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    values = session.run(None, {session.get_inputs()[0].name: picture.transpose(0, 3, 1, 2)})
    return [(n, n, v.transpose(0, 2, 3, 1) if v.ndim == 4 else v) for n, v in zip(wanted, values)]


def run(path, picture):
    return (run_onnx if str(path).endswith(".onnx") else run_tflite)(path, picture)


def command_run(options):
    picture = np.load(options.input) if options.input else synthetic_picture(options.shape)
    layers = run(options.model, picture.astype(np.float32))
    np.savez(options.out, input=picture, names=[name for _, name, _ in layers], keys=[str(k) for k, _, _ in layers],
             **{f"t{k}": v for k, _, v in layers})
    beside = pathlib.Path(options.out).with_suffix(".npy")
    np.save(beside, picture.astype(np.float32))
    print(f"{options.out}: {len(layers)} tensors of {options.model} for input {list(picture.shape)}")


def open_dump(path):
    path = pathlib.Path(path)
    if path.is_dir():
        return {f.stem: np.load(f) for f in path.glob("*.npy")}
    kept = np.load(path)
    return {k.removeprefix("t"): kept[k] for k in kept.files}


def command_compare(options):
    reference, dump = np.load(options.reference), open_dump(options.dump)
    worst = count = 0
    for key, name in zip(reference["keys"], reference["names"]):
        if key not in dump:
            continue
        expected, found = reference["t" + key], dump[key]
        if expected.shape != found.shape:
            print(f"{key}: shape {found.shape}, expected {expected.shape}: {name}")
            worst, count = float("inf"), count + 1
            continue
        largest = float(np.abs(expected).max())
        error = float(np.abs(found.astype(np.float64) - expected).max()) / (largest or 1.0)
        worst, count = max(worst, error if error == error else float("inf")), count + 1
        print(f"{key}: {error:.2e} of {largest:.4g}  {list(expected.shape)}  {name.split(';')[0][-60:]}")
    print(f"{count} of {len(reference['keys'])} tensors compared, worst {worst:.2e}, limit {LIMIT:g}")
    sys.exit(0 if count and worst <= LIMIT else 1)


def command_small(_):
    for name, shape in SMALL.items():
        lines = [f"# {name}.tflite, made by scripts/golden-layers.py small; README.md explains the lines",
                 "input " + " ".join(str(d) for d in shape)]
        for number, _, value in run(ROOT / "models" / f"{name}.tflite", synthetic_picture(shape)):
            flat = value.reshape(-1).astype(np.float32)
            lines.append(f"tensor {number} {value.ndim} " + " ".join(str(d) for d in value.shape)
                         + f" {np.abs(flat).max():.9g}")
            lines.append(" ".join(f"{flat[i]:.9g}" for i in sampled(flat.size)))
        target = ROOT / "tests" / "golden" / "models" / f"{name}.txt"
        target.write_text("\n".join(lines) + "\n", encoding="ascii")
        print(f"{target.relative_to(ROOT)}: {(len(lines) - 2) // 2} tensors, {target.stat().st_size:,} bytes")


def main():
    parser = argparse.ArgumentParser(description="layers of a network beside TensorFlow or ONNX Runtime")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verb = verbs.add_parser("run")
    verb.add_argument("model")
    verb.add_argument("out")
    verb.add_argument("--input", help=".npy, float32 [n, h, w, c]")
    verb.add_argument("--shape", type=lambda t: tuple(int(d) for d in t.split(",")), default=(1, 112, 112, 3))
    verb.set_defaults(run=command_run)
    verb = verbs.add_parser("compare")
    verb.add_argument("reference")
    verb.add_argument("dump")
    verb.set_defaults(run=command_compare)
    verbs.add_parser("small").set_defaults(run=command_small)
    options = parser.parse_args()
    options.run(options)


if __name__ == "__main__":
    main()
