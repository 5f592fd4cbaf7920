#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
#
# Makes models/detector.tflite and models/recogniser.tflite from the float32 pilots in $KIN_SHARED/weights:
# float16 weights, any batch, any picture size (detector), the cards of models/cards inside. `--check` then runs
# them in TensorFlow's interpreter beside the float32 originals and says how far they are apart.
import argparse
import copy
import importlib
import os
import pathlib
import tempfile

import numpy as np

import tflite_file
from tflite_file import schema

ROOT = pathlib.Path(__file__).resolve().parent.parent
SHARED = pathlib.Path(os.environ.get("KIN_SHARED", ROOT.parent / "shared"))
WEIGHT_INPUT = {schema.BuiltinOperator.CONV_2D: 1, schema.BuiltinOperator.DEPTHWISE_CONV_2D: 1,
                schema.BuiltinOperator.FULLY_CONNECTED: 1}
DEPTH_TO_SPACE, CONCATENATION = schema.BuiltinOperator.DEPTH_TO_SPACE, schema.BuiltinOperator.CONCATENATION


def builtin(model, op):
    return model.operatorCodes[op.opcodeIndex].builtinCode


def new_operator(model, code, version, inputs, outputs, options=None, kind=0):
    op = schema.OperatorT()
    op.opcodeIndex = tflite_file.operator_code(model, code, version)
    op.inputs, op.outputs = np.array(inputs, np.int32), np.array(outputs, np.int32)
    op.builtinOptionsType, op.builtinOptions = kind, options
    return op


def new_tensor(model, like, name, **fields):
    tensor = copy.copy(like)
    tensor.name, tensor.buffer, tensor.quantization = name, 0, None
    for field, value in fields.items():
        setattr(tensor, field, value)
    model.subgraphs[0].tensors.append(tensor)
    return len(model.subgraphs[0].tensors) - 1


def halve_weights(model):
    """Weights of convolutions and dense layers become float16 constants with a DEQUANTIZE before their first use, as
    TensorFlow's converter writes them. Biases and slopes stay float32: they are 0.5 % of the bytes."""
    graph, operators, done = model.subgraphs[0], [], set()
    for op in graph.operators:
        index = int(op.inputs[WEIGHT_INPUT[builtin(model, op)]]) if builtin(model, op) in WEIGHT_INPUT else None
        if index is not None and index not in done:
            done.add(index)
            weights = graph.tensors[index]
            values = tflite_file.constant(model, weights)
            half = values.astype(np.float16)
            assert np.isfinite(half).all(), "a weight is too large for float16"
            name = (weights.name.decode() if isinstance(weights.name, bytes) else weights.name) + "/float16"
            source = new_tensor(model, weights, name, type=schema.TensorType.FLOAT16,
                                buffer=tflite_file.add_buffer(model, half.tobytes()))
            weights.buffer = 0
            operators.append(new_operator(model, schema.BuiltinOperator.DEQUANTIZE, 3, [source], [index],
                                          schema.DequantizeOptionsT(), schema.BuiltinOptions.DequantizeOptions))
        operators.append(op)
    graph.operators = operators


def free_upsampling(model):
    """Nearest-neighbour enlargement by two with a fixed size becomes four copies side by side in the channels and
    DEPTH_TO_SPACE: the same numbers exactly, for any picture size, without sizes computed at run time (which keep
    phones' delegates from taking the rest of the network)."""
    graph, operators = model.subgraphs[0], []
    for op in graph.operators:
        if builtin(model, op) == schema.BuiltinOperator.RESIZE_NEAREST_NEIGHBOR:
            small, large = (graph.tensors[int(i)] for i in (op.inputs[0], op.outputs[0]))
            assert [2 * int(x) for x in small.shape[1:3]] == [int(x) for x in large.shape[1:3]]
            shape = np.array([*small.shape[:3], 4 * small.shape[3]], np.int32)
            name = (large.name.decode() if isinstance(large.name, bytes) else large.name) + "/four"
            four = new_tensor(model, small, name, shape=shape)
            side, deep = schema.ConcatenationOptionsT(), schema.DepthToSpaceOptionsT()
            side.axis, deep.blockSize = 3, 2
            operators.append(new_operator(model, CONCATENATION, 1, [op.inputs[0]] * 4, [four], side,
                                          schema.BuiltinOptions.ConcatenationOptions))
            operators.append(new_operator(model, DEPTH_TO_SPACE, 1, [four], [op.outputs[0]], deep,
                                          schema.BuiltinOptions.DepthToSpaceOptions))
        else:
            operators.append(op)
    graph.operators = operators


def free_shapes(model, picture):
    """Marks batch (and height and width of a network for any picture) as free: -1 in shape_signature."""
    for tensor in model.subgraphs[0].tensors:
        if tflite_file.constant(model, tensor) is None and tensor.shape is not None and len(tensor.shape) > 1:
            signature = np.array(tensor.shape, np.int32)
            signature[:3 if picture else 1] = -1
            tensor.shapeSignature = signature


def rebuild(name, halve=True):
    """The pilot for any size, with float16 weights unless it is to be compared with the original alone."""
    model = tflite_file.read(SHARED / "weights" / f"pilot-{name}.tflite")
    free_upsampling(model)
    free_shapes(model, picture=name == "detector")  # before the weights are no longer constants
    if halve:
        halve_weights(model)
    model.metadata = [m for m in model.metadata if m.name != b"keep_stablehlo_constant"]
    tflite_file.sweep(model)
    return model


def make(name):
    add_card = importlib.import_module("add-card")
    card = add_card.load_card(ROOT / "models" / "cards" / f"{name}.json")
    model = rebuild(name)
    model.description = f"{card['name']} {card['version']}"
    official = add_card.put_card(model, card)
    data = tflite_file.pack(model)
    target = ROOT / "models" / f"{name}.tflite"
    target.write_bytes(data)
    print(f"{target.relative_to(ROOT)}: {len(data):,} bytes, {len(model.subgraphs[0].operators)} ops"
          + ("" if official else ", without TFLITE_METADATA (package tflite-support is missing)"))


def run(path, picture):
    import tensorflow as tf
    lite = tf.lite.Interpreter(str(path), num_threads=1)
    lite.resize_tensor_input(lite.get_input_details()[0]["index"], picture.shape, strict=True)
    lite.allocate_tensors()
    lite.set_tensor(lite.get_input_details()[0]["index"], picture)
    lite.invoke()
    return [lite.get_tensor(o["index"]) for o in lite.get_output_details()]


def error(found, expected):
    return max(float(np.abs(f - e).max() / np.abs(e).max()) for f, e in zip(found, expected))


def check(folder):
    import onnxruntime
    draw = np.random.default_rng(1)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    onnx = {n: onnxruntime.InferenceSession(str(SHARED / "weights" / f"pilot-{n}.onnx"), options)
            for n in ("recogniser", "detector")}
    plain = {n: pathlib.Path(folder) / f"{n}.tflite" for n in onnx}
    for name, path in plain.items():
        path.write_bytes(tflite_file.pack(rebuild(name, halve=False)))
    for name, shape in [("recogniser", (1, 112, 112, 3)), ("recogniser", (5, 112, 112, 3)),
                        *(("detector", s) for s in [(1, 320, 320, 3), (1, 32, 32, 3), (1, 224, 192, 3),
                                                    (2, 480, 640, 3), (1, 96, 1024, 3)])]:
        # smooth patches, so that the input looks a little like a picture
        rough = draw.integers(0, 256, (shape[0], shape[1] // 16 + 1, shape[2] // 16 + 1, 3))
        picture = rough.repeat(16, 1).repeat(16, 2)[:, :shape[1], :shape[2]].astype(np.float32)
        found = run(ROOT / "models" / f"{name}.tflite", picture)
        session = onnx[name]
        feed = picture.transpose(0, 3, 1, 2)
        expected = [np.concatenate(parts) for parts in
                    zip(*(session.run(None, {session.get_inputs()[0].name: feed[i:i + 1]}) for i in range(shape[0])))]
        expected = [e.transpose(0, 2, 3, 1) if e.ndim == 4 else e for e in expected]
        line = (f"{name} {list(shape)}: largest error over largest value beside the float32 .onnx: "
                f"{error(found, expected):.2e}, with float32 weights {error(run(plain[name], picture), expected):.2e}")
        if name == "recogniser":
            line += ", smallest cosine %.6f" % min(
                float(f @ e / np.linalg.norm(f) / np.linalg.norm(e)) for f, e in zip(found[0], expected[0]))
        print(line)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="only compare what is there with the originals")
    options = parser.parse_args()
    if not options.check:
        make("recogniser")
        make("detector")
    with tempfile.TemporaryDirectory() as folder:
        check(folder)


if __name__ == "__main__":
    main()
