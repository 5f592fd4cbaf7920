# SPDX-License-Identifier: Apache-2.0
"""One case of tests/golden/ops: a one-op .tflite put together from the schema's own Python classes, so that each attribute
and each combination is as written, whatever a converter would make of it; the interpreter's outputs; the case as bytes.
golden-ops.py lists the cases; the format is in tests/golden/ops/README.md.
"""
import os
import struct
import sys
import warnings
import zlib

os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
warnings.simplefilter('ignore')
import flatbuffers
import numpy as np
import tensorflow as tf
from tensorflow.lite.python import schema_py_generated as fb

TYPES = ['float32', 'float16', 'int32', 'int8', 'uint8', 'int16', 'int64', 'bool']  # kin_type's order
LITE = {'float32': 0, 'float16': 1, 'int32': 2, 'uint8': 3, 'int64': 4, 'bool': 6, 'int16': 7, 'int8': 9}
CASES = {}  # op -> [bytes]
random = np.random.default_rng(0)


class T:
    """A tensor: data, whether it is a constant of the file, (scales, zero points, axis)."""

    def __init__(self, data, const=False, quant=None):
        self.data, self.const, self.quant = np.asarray(data), const, quant


def C(data, kind='int32'):
    return T(np.asarray(data, kind), True)


def F(*shape, low=-2.0, high=2.0, const=False):
    return T((low + (high - low) * random.random(shape)).astype('float32'), const)


def I(*shape, low=-9, high=9, kind='int32', const=False):
    return T(random.integers(low, high + 1, shape).astype(kind), const)


def model(code, options, ins, outs):
    """One op as a .tflite. options: (name of the table, {field: value})."""
    m = fb.ModelT()
    m.version = 3
    m.description = b'kin golden'
    op = fb.OperatorCodeT()
    op.builtinCode = getattr(fb.BuiltinOperator, code)
    op.deprecatedBuiltinCode = min(op.builtinCode, 127)
    op.version = 2 if code == 'BROADCAST_TO' else 1
    m.operatorCodes = [op]
    g = fb.SubGraphT()
    g.name = b'main'
    m.buffers = [fb.BufferT()]
    g.tensors, g.inputs, g.outputs = [], [], []
    o = fb.OperatorT()
    o.opcodeIndex, o.inputs, o.outputs = 0, [], []
    if options:
        table = getattr(fb, options[0] + 'T')()
        for k, v in options[1].items():
            setattr(table, k, v)
        o.builtinOptionsType = getattr(fb.BuiltinOptions, options[0])
        o.builtinOptions = table

    def tensor(name, kind, shape, quant, data):
        t = fb.TensorT()
        t.name, t.type, t.shape, t.buffer = name.encode(), LITE[kind], list(shape), 0
        if quant:
            q = fb.QuantizationParametersT()
            q.scale, q.zeroPoint, q.quantizedDimension = list(quant[0]), list(quant[1]), quant[2]
            t.quantization = q
        if data is not None:
            b = fb.BufferT()
            b.data = np.frombuffer(data.tobytes(), 'uint8')
            m.buffers.append(b)
            t.buffer = len(m.buffers) - 1
        g.tensors.append(t)
        return len(g.tensors) - 1

    for i, t in enumerate(ins):
        if t is None:
            o.inputs.append(-1)
            continue
        n = tensor('in%d' % i, str(t.data.dtype), t.data.shape, t.quant, t.data if t.const else None)
        o.inputs.append(n)
        if not t.const:
            g.inputs.append(n)
    for i, (kind, quant) in enumerate(outs):
        n = tensor('out%d' % i, kind, [], quant, None)
        o.outputs.append(n)
        g.outputs.append(n)
    g.operators = [o]
    m.subgraphs = [g]
    b = flatbuffers.Builder(1024)
    b.Finish(m.Pack(b), b'TFL3')
    return bytes(b.Output())


def run(content, ins):
    kinds = tf.lite.experimental.OpResolverType
    try:
        it = tf.lite.Interpreter(model_content=content, experimental_op_resolver_type=kinds.BUILTIN_REF)
        it.allocate_tensors()
    except (RuntimeError, ValueError) as e:
        if "Didn't find op" not in str(e):
            raise
        it = tf.lite.Interpreter(model_content=content, experimental_op_resolver_type=kinds.BUILTIN_WITHOUT_DEFAULT_DELEGATES)
        it.allocate_tensors()
    live = [t.data for t in ins if t is not None and not t.const]
    for d, x in zip(it.get_input_details(), live):
        it.set_tensor(d['index'], x)
    it.invoke()
    return [it.get_tensor(d['index']) for d in it.get_output_details()]


def pack_tensor(t, kind=None):
    if t is None:
        return struct.pack('<B', 0)
    data, quant = t.data, t.quant or ([], [], 0)
    b = struct.pack('<BBBBHH', 1, TYPES.index(str(data.dtype)), data.ndim, int(t.const), len(quant[0]), quant[2])
    b += struct.pack('<%di' % data.ndim, *data.shape)
    b += struct.pack('<%df%dq' % (len(quant[0]), len(quant[1])), *quant[0], *quant[1])
    return b + data.tobytes()


def add(op, attrs, ins, outputs, content=b''):
    def text(s):
        return struct.pack('<H', len(s)) + s.encode()
    b = text(attrs) + struct.pack('<HH', len(ins), len(outputs))
    b += b''.join(pack_tensor(t) for t in ins) + b''.join(pack_tensor(T(y)) for y in outputs)
    CASES.setdefault(op, []).append(b + struct.pack('<I', len(content)) + content)


def case(op, attrs, code, options, ins, outs='float32', kin_ins=None):
    """outs: the outputs' types (one name, or a list; a pair with quantisation). kin_ins: where kin's inputs differ."""
    if isinstance(outs, str):
        outs = [outs]
    outs = [(o, None) if isinstance(o, str) else o for o in outs]
    content = model(code, options, ins, outs)
    try:
        outputs = run(content, ins)
    except Exception as e:
        sys.exit('%s, "%s", %s -> %s: %s' % (op, attrs, [(str(t.data.dtype), t.data.shape) for t in ins if t], outs, e))
    add(op, attrs, kin_ins or ins, outputs, content)


def reset(op):
    """Each op has its own stream of numbers: a case more in one changes no other file."""
    random.bit_generator.state = np.random.default_rng(zlib.crc32(op.encode())).bit_generator.state


def write(folder, only):
    """The cases of all ops (of those in `only`, where there are any)."""
    total = 0
    for op, cases in CASES.items():
        if only and op not in only:
            continue
        data = b'KINGOLD1' + struct.pack('<I', len(cases)) + b''.join(cases)
        with open(os.path.join(folder, op + '.golden'), 'wb') as f:
            f.write(data)
        total += len(data)
    print('%d ops, %d cases, %d bytes' % (len(CASES), sum(map(len, CASES.values())), total))
