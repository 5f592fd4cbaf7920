#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes tests/golden/ops/: for every op a few small cases, with what TensorFlow Lite's reference kernels compute.

usage: golden-ops.py OUT_FOLDER [OP...]      (needs tensorflow 2.21)

A case (golden_case.py) is a one-op model, its inputs, and the interpreter's outputs under
experimental_op_resolver_type=BUILTIN_REF (or the plain kernels, for the few ops that the reference set leaves out). The
same case is described in kin's words: op, attribute text, tensors. Ops that TensorFlow Lite has not (batch_norm, flatten,
dropout) come from TensorFlow itself and carry no model; the losses are in golden_losses.py.
"""
import sys

import numpy as np

from golden_case import C, F, I, LITE, T, add, case, reset, tf, write
from golden_losses import losses

# --- layers with weights ---

PAD = {'same': 0, 'valid': 1}
ACT = {'none': 0, 'relu': 1, 'relu_n1_to_1': 2, 'relu6': 3}


def conv2d():
    for n, h, w, c, o, kh, kw, s, d, p, act, groups in [
            (1, 5, 7, 3, 4, 3, 3, (1, 1), (1, 1), 'same', 'none', 1), (2, 8, 6, 2, 5, 3, 2, (2, 1), (1, 1), 'same', 'relu', 1),
            (1, 9, 9, 4, 6, 3, 3, (2, 2), (1, 1), 'valid', 'relu6', 1), (1, 9, 8, 3, 2, 3, 3, (1, 1), (2, 2), 'same', 'none', 1),
            (1, 11, 9, 2, 3, 3, 2, (1, 1), (3, 2), 'valid', 'relu_n1_to_1', 1), (1, 6, 6, 5, 7, 1, 1, (1, 1), (1, 1), 'valid', 'none', 1),
            (1, 6, 5, 6, 4, 3, 3, (1, 1), (1, 1), 'same', 'none', 2), (1, 4, 4, 6, 6, 2, 2, (3, 3), (1, 1), 'same', 'relu', 3),
            (1, 3, 3, 2, 2, 5, 5, (1, 1), (1, 1), 'same', 'none', 1), (1, 10, 7, 1, 1, 4, 4, (4, 3), (1, 1), 'same', 'none', 1)]:
        x, k, b = F(n, h, w, c), F(o, kh, kw, c // groups, low=-1, high=1, const=True), F(o, const=True)
        case('conv2d', 'stride=%d,%d dilation=%d,%d padding=%s groups=%d activation=%s' % (*s, *d, p, groups, act), 'CONV_2D',
             ('Conv2DOptions', dict(padding=PAD[p], strideH=s[0], strideW=s[1], dilationHFactor=d[0], dilationWFactor=d[1],
                                    fusedActivationFunction=ACT[act])), [x, k, b])
    x, k = F(1, 7, 6, 3), F(4, 3, 3, 3, const=True)
    y = tf.nn.relu(tf.nn.conv2d(x.data, k.data.transpose(1, 2, 3, 0), [1, 2, 1, 1], [[0, 0], [2, 0], [1, 1], [0, 0]]))
    add('conv2d', 'stride=2,1 padding=explicit pads=2,0,1,1 activation=relu', [x, k], [y.numpy()])
    # epilogues that only plans make
    x, k, b, slope, r = F(1, 5, 5, 3), F(4, 3, 3, 3, const=True), F(4, const=True), F(4, low=0, high=1, const=True), F(1, 5, 5, 4)
    y = tf.nn.conv2d(x.data, k.data.transpose(1, 2, 3, 0), 1, 'SAME').numpy() + b.data
    prelu = lambda v: np.where(v < 0, v * slope.data, v)
    add('conv2d', 'padding=same activation=prelu', [x, k, b, slope, r], [prelu(y) + r.data])
    add('conv2d', 'padding=same activation=prelu residual_first=true', [x, k, b, slope, r], [prelu(y + r.data)])
    add('conv2d', 'padding=same activation=leaky_relu alpha=0.3', [x, k, b], [np.where(y < 0, y * np.float32(0.3), y)])
    add('conv2d', 'padding=same activation=clamp low=-0.5 high=1.5', [x, k, b], [np.clip(y, -0.5, 1.5)])


def depthwise_conv2d():
    for n, h, w, c, m, kh, kw, s, d, p, act in [
            (1, 5, 7, 3, 1, 3, 3, (1, 1), (1, 1), 'same', 'none'), (2, 8, 8, 4, 1, 3, 3, (2, 2), (1, 1), 'same', 'relu6'),
            (1, 7, 7, 2, 3, 3, 3, (2, 2), (1, 1), 'valid', 'relu'), (1, 9, 9, 5, 1, 3, 3, (1, 1), (2, 2), 'same', 'none'),
            (1, 8, 5, 1, 4, 5, 2, (1, 1), (1, 1), 'same', 'relu_n1_to_1'), (1, 7, 7, 6, 1, 7, 7, (1, 1), (1, 1), 'valid', 'none')]:
        x, k, b = F(n, h, w, c), F(1, kh, kw, c * m, low=-1, high=1, const=True), F(c * m, const=True)
        case('depthwise_conv2d', 'stride=%d,%d dilation=%d,%d padding=%s activation=%s' % (*s, *d, p, act), 'DEPTHWISE_CONV_2D',
             ('DepthwiseConv2DOptions', dict(padding=PAD[p], strideH=s[0], strideW=s[1], dilationHFactor=d[0], dilationWFactor=d[1],
                                             depthMultiplier=m, fusedActivationFunction=ACT[act])), [x, k, b])


def dense():
    for shape, k, o, keep, act, bias in [((2, 9), 9, 5, False, 'none', True), ((1, 3, 2, 4), 24, 3, False, 'relu', True),
                                         ((2, 3, 7), 7, 4, True, 'relu6', True), ((6,), 3, 2, False, 'none', False),
                                         ((1, 1, 1, 16), 16, 8, True, 'relu_n1_to_1', True)]:
        case('dense', 'keep_dims=%s activation=%s' % (str(keep).lower(), act), 'FULLY_CONNECTED',
             ('FullyConnectedOptions', dict(fusedActivationFunction=ACT[act], keepNumDims=keep)),
             [F(*shape), F(o, k, const=True), F(o, const=True) if bias else None],
             kin_ins=None)


def batch_norm():
    for shape, epsilon in [((2, 3, 4, 5), 1e-3), ((3, 6), 1e-5), ((7,), 0.1)]:
        c = shape[-1]
        ins = [F(*shape), F(c, const=True), F(c, const=True), F(c, const=True), F(c, low=0.01, high=3, const=True)]
        x, gamma, beta, mean, variance = (t.data for t in ins)
        y = tf.nn.batch_normalization(x, mean, variance, beta, gamma, epsilon).numpy()
        add('batch_norm', 'epsilon=%g' % epsilon, ins, [y])


def batch_norm_train():
    for shape, epsilon in [((2, 3, 4, 5), 1e-3), ((6, 3), 1e-5), ((3, 2, 2, 4), 0.1)]:
        c = shape[-1]
        ins = [F(*shape), F(c, const=True), F(c, const=True)]
        x, gamma, beta = (t.data for t in ins)
        mean, variance = tf.nn.moments(x.astype('float64'), list(range(len(shape) - 1)))
        y = tf.nn.batch_normalization(x.astype('float64'), mean, variance, beta, gamma, epsilon).numpy()
        add('batch_norm_train', 'epsilon=%g' % epsilon, ins, [v.astype('float32') for v in (y, mean.numpy(), variance.numpy())])


# --- one number makes one ---

def unary(op, code, options=None, low=-4.0, high=4.0, attrs='', kinds=('float32',), special=()):
    reset(op)
    for shape in [(2, 3, 4, 5), (7,), ()]:
        case(op, attrs, code, options, [F(*shape, low=low, high=high)])
    for kind in kinds[1:]:
        case(op, attrs, code, options, [I(3, 5, kind=kind)], kind)
    for some in special: # large numbers in a case of their own: they widen what counts as equal
        case(op, attrs, code, options, [T(np.asarray(some, 'float32'))])


def unaries():
    edge = [[-7, -6, -3.0001, -3, -1, -0.5, 0, 0.5, 1, 3, 3.0001, 6, 6.5], [100, -100]]
    for op, code in [('relu', 'RELU'), ('relu6', 'RELU6'), ('relu_n1_to_1', 'RELU_N1_TO_1'), ('elu', 'ELU'), ('sigmoid', 'LOGISTIC'),
                     ('tanh', 'TANH'), ('hard_swish', 'HARD_SWISH')]:
        unary(op, code, None, -8, 8, special=edge)
    for alpha in (0.2, 0.01):
        unary('leaky_relu', 'LEAKY_RELU', ('LeakyReluOptions', dict(alpha=alpha)), attrs='alpha=%g' % alpha, special=edge)
    for op, low in [('exp', -5), ('log', 0.01), ('sqrt', 0), ('rsqrt', 0.01), ('square', -4), ('abs', -4), ('neg', -4), ('floor', -9),
                    ('ceil', -9), ('round', -9), ('sin', -9), ('cos', -9)]:
        kinds = {'abs': ('float32',), 'neg': ('float32', 'int32', 'int64')}.get(op, ('float32',))
        unary(op, op.upper(), None, low, 9, kinds=kinds,
              special=[[-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5, 0.49999997], [1e9, -1e9]] if op in ('floor', 'ceil', 'round') else ())


def prelu():
    for x, slope in [((2, 3, 4, 5), (1, 1, 5)), ((2, 3, 4, 5), (3, 4, 5)), ((1, 4, 4, 3), (1,)), ((3, 6), (6,)), ((2, 3, 4), (1, 1, 4))]:
        case('prelu', '', 'PRELU', None, [F(*x), F(*slope, const=True)])


def softmax():
    for shape, beta in [((2, 5), 1.0), ((1, 3, 4, 6), 1.0), ((7,), 0.5), ((2, 3, 4), 2.0)]:
        case('softmax', 'beta=%g' % beta, 'SOFTMAX', ('SoftmaxOptions', dict(beta=beta)), [F(*shape, low=-6, high=6)])
    case('softmax', '', 'SOFTMAX', ('SoftmaxOptions', dict(beta=1.0)), [T(np.array([[1000, 999, -1000], [-500, -501, -502]], 'float32'))])


def log_softmax():
    for shape in [(2, 5), (1, 3, 4, 6), (7,)]:
        case('log_softmax', '', 'LOG_SOFTMAX', None, [F(*shape, low=-6, high=6)])


def l2_normalize():
    for shape in [(2, 5), (1, 3, 4, 6), (7,)]:
        case('l2_normalize', '', 'L2_NORMALIZATION', ('L2NormOptions', dict(fusedActivationFunction=0)), [F(*shape)])
    case('l2_normalize', '', 'L2_NORMALIZATION', ('L2NormOptions', dict(fusedActivationFunction=0)), [T(np.array([[1e-7, 0, 2e-7], [0, 0, 0]], 'float32'))])


def dropout():
    x = F(2, 3, 4)
    add('dropout', 'rate=0.25', [x], [tf.keras.layers.Dropout(0.25)(x.data, training=False).numpy()])


def numbers_of(seed, stream, count):
    """kin_random_unit (src/base/random.h: SplitMix64 over a mixed key), `count` times."""
    one, golden = (1 << 64) - 1, 0x9E3779B97F4A7C15

    def mix(z):
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9 & one
        z = (z ^ z >> 27) * 0x94D049BB133111EB & one
        return z ^ z >> 31
    key = mix(mix(seed + golden & one) ^ (stream * golden + 1 & one))
    return np.array([(mix(key + golden * (i + 1) & one) >> 11) * 2.0 ** -53 for i in range(count)])


def dropout_train():
    for shape, rate, stream, seed in [((3, 4, 5), 0.5, 0, 7), ((40,), 0.2, 3, 123456789012), ((2, 9), 0, 1, -5)]:
        x = F(*shape)
        stays = numbers_of(seed, stream, x.data.size).reshape(shape) >= rate
        add('dropout_train', 'rate=%g stream=%d' % (rate, stream), [x, T(np.asarray(seed, 'int64'))],
            [np.where(stays, x.data / (1 - rate), 0).astype('float32')])


# --- pooling, resizing ---

def pools():
    for op, code in [('max_pool', 'MAX_POOL_2D'), ('avg_pool', 'AVERAGE_POOL_2D')]:
        reset(op)
        for n, h, w, c, k, s, p, act in [(1, 6, 6, 3, (2, 2), (2, 2), 'valid', 'none'), (2, 7, 5, 4, (3, 3), (2, 2), 'same', 'none'),
                                         (1, 7, 7, 2, (3, 2), (1, 2), 'valid', 'relu'), (1, 5, 4, 5, (4, 4), (1, 1), 'same', 'relu6'),
                                         (1, 5, 5, 1, (1, 1), (3, 2), 'same', 'relu_n1_to_1'), (1, 2, 2, 3, (3, 3), (2, 2), 'same', 'none')]:
            case(op, 'size=%d,%d stride=%d,%d padding=%s activation=%s' % (*k, *s, p, act), code,
                 ('Pool2DOptions', dict(padding=PAD[p], strideH=s[0], strideW=s[1], filterHeight=k[0], filterWidth=k[1],
                                        fusedActivationFunction=ACT[act])), [F(n, h, w, c, low=-8, high=8)])
        x = F(2, 5, 3, 4)
        layer = tf.keras.layers.GlobalMaxPooling2D if op == 'max_pool' else tf.keras.layers.GlobalAveragePooling2D
        add(op, '', [x], [layer(keepdims=True)(x.data).numpy()])


def resizes():
    for op, code, table in [('resize_bilinear', 'RESIZE_BILINEAR', 'ResizeBilinearOptions'),
                            ('resize_nearest', 'RESIZE_NEAREST_NEIGHBOR', 'ResizeNearestNeighborOptions')]:
        reset(op)
        for align, half in [(False, False), (True, False), (False, True)]:
            for shape, size in [((1, 4, 5, 2), (8, 10)), ((2, 7, 5, 1), (3, 4)), ((1, 3, 3, 3), (7, 2)), ((1, 1, 6, 2), (4, 1)),
                                ((1, 2, 2, 1), (5, 5)), ((1, 13, 11, 1), (5, 17))]:
                case(op, 'align_corners=%s half_pixel_centers=%s' % (str(align).lower(), str(half).lower()), code,
                     (table, dict(alignCorners=align, halfPixelCenters=half)), [F(*shape), C(size)])
        if op == 'resize_nearest':
            for kind in ('uint8', 'int8'):
                case(op, '', code, (table, dict(alignCorners=False, halfPixelCenters=False)), [I(1, 3, 4, 2, low=0, high=99, kind=kind), C((5, 6))], kind)


# --- two numbers make one ---

SHAPES = [((2, 3, 4), (2, 3, 4)), ((2, 3, 4, 5), (5,)), ((1, 4, 1, 3), (2, 1, 5, 1)), ((), (3, 2)), ((3,), (2, 1, 3)), ((2, 1, 3, 1, 2), (1, 4, 3, 2, 1))]


def binaries():
    wide = ('float32', 'int32', 'int64')
    for op, code, table, kinds, low in [
            ('add', 'ADD', 'AddOptions', wide, -9), ('sub', 'SUB', 'SubOptions', wide, -9), ('mul', 'MUL', 'MulOptions', wide, -9),
            ('div', 'DIV', 'DivOptions', ('float32', 'int32'), 1), ('minimum', 'MINIMUM', None, wide, -9),
            ('maximum', 'MAXIMUM', None, wide, -9), ('pow', 'POW', None, ('float32', 'int32'), 0),
            ('squared_difference', 'SQUARED_DIFFERENCE', None, ('float32', 'int32'), -9),
            ('floor_div', 'FLOOR_DIV', None, ('float32', 'int32'), -9), ('floor_mod', 'FLOOR_MOD', None, ('float32', 'int32', 'int64'), -9)]:
        reset(op)
        for kind in kinds:
            for i, (a, b) in enumerate(SHAPES if op in ('add', 'sub', 'mul', 'div', 'minimum', 'maximum') else SHAPES[:5]):
                act = list(ACT)[i % 4] if table and kind == 'float32' else 'none'
                high = 4 if op == 'pow' else 9
                if len(a) > 4 and op in ('add', 'mul', 'sub', 'div') and kind != 'float32':
                    continue
                x = F(*a, low=low + 0.1, high=high) if kind == 'float32' else I(*a, low=low, high=high, kind=kind)
                y = F(*b, low=0.5 if low < 0 and op.startswith('floor') else low + 0.1, high=high) if kind == 'float32' else I(*b, low=low, high=high, kind=kind)
                if op.startswith('floor'):
                    y.data = np.where(y.data == 0, np.asarray(2, y.data.dtype), y.data)
                case(op, 'activation=' + act if table else '', code, (table, dict(fusedActivationFunction=ACT[act])) if table else None, [x, y], kind)


def compares():
    for op in ['less', 'less_equal', 'greater', 'greater_equal', 'equal', 'not_equal']:
        reset(op)
        for kind in ['float32', 'int32', 'int64'] + (['bool'] if 'equal' in (op, op[4:]) else []):
            for a, b in SHAPES[:4]:
                case(op, '', op.upper(), None, [I(*a, low=0, high=1 if kind == 'bool' else 2, kind=kind), I(*b, low=0, high=1 if kind == 'bool' else 2, kind=kind)], 'bool')
    for op in ['logical_and', 'logical_or']:
        reset(op)
        for a, b in SHAPES[:4]:
            case(op, '', op.upper(), None, [I(*a, low=0, high=1, kind='bool'), I(*b, low=0, high=1, kind='bool')], 'bool')
    reset('logical_not')
    case('logical_not', '', 'LOGICAL_NOT', None, [I(3, 4, low=0, high=1, kind='bool')], 'bool')


def select():
    for c, x, y in [((2, 3), (2, 3), (2, 3)), ((3,), (2, 3), (2, 1)), ((2, 1, 1), (1, 3, 1), (4,)), ((), (2, 2), (2, 2))]:
        for kind in ['float32', 'int32', 'int64']:
            case('select', '', 'SELECT_V2', ('SelectV2Options', {}), [I(*c, low=0, high=1, kind='bool'), I(*x, kind=kind), I(*y, kind=kind)], kind)
    case('select', '', 'SELECT', ('SelectOptions', {}), [I(3, low=0, high=1, kind='bool'), F(3, 4), F(3, 4)])


# --- reductions ---

def reductions():
    for op, code, kinds in [('mean', 'MEAN', ('float32', 'int32', 'int64')), ('sum', 'SUM', ('float32', 'int32', 'int64')),
                            ('reduce_max', 'REDUCE_MAX', ('float32', 'int32', 'int64')), ('reduce_min', 'REDUCE_MIN', ('float32', 'int32', 'int64')),
                            ('reduce_prod', 'REDUCE_PROD', ('float32', 'int32', 'int64'))]:
        reset(op)
        for kind in kinds:
            for shape, axes, keep in [((2, 3, 4, 5), [1, 2], True), ((2, 3, 4, 5), [1, 2], False), ((2, 3, 4), [-1], True), ((3, 4), [0, 1], False),
                                      ((2, 3, 2), [0, 2], True), ((2, 3, 2), [0, 0], False), ((5,), [0], False)]:
                x = F(*shape) if kind == 'float32' else I(*shape, low=1, high=3, kind=kind)
                case(op, 'keep_dims=%s' % str(keep).lower(), code, ('ReducerOptions', dict(keepDims=keep)), [x, C(axes)], kind)


# --- moving data ---

def reshapes():
    reset('reshape')
    for shape, new in [((2, 3, 4), (6, 4)), ((2, 3, 4), (-1, 2)), ((2, 3, 4), (24,)), ((1, 1), ()), ((6,), (1, 2, 1, 3)), ((4, 2), (2, -1, 2, 1))]:
        text = 'shape=' + ','.join(map(str, new))
        if new:
            case('reshape', text, 'RESHAPE', ('ReshapeOptions', dict(newShape=list(new))), [F(*shape)])
        case('reshape', '', 'RESHAPE', ('ReshapeOptions', dict(newShape=list(new))), [F(*shape), C(np.array(new, 'int32'))])
    for kind in ['int8', 'uint8', 'int32', 'int64', 'bool', 'int16']:
        case('reshape', 'shape=3,2', 'RESHAPE', ('ReshapeOptions', dict(newShape=[3, 2])), [I(6, low=0, high=1, kind=kind)], kind)
    reset('flatten')
    for shape in [(2, 3, 4), (5,), (1, 2, 3, 4)]:
        x = F(*shape)
        add('flatten', '', [x], [x.data.reshape(shape[0], -1)])
    reset('squeeze')
    for shape, axes in [((1, 3, 1, 2), []), ((1, 3, 1, 2), [0]), ((1, 3, 1, 2), [-2, 0]), ((1, 1), [])]:
        case('squeeze', 'axes=' + ','.join(map(str, axes)), 'SQUEEZE', ('SqueezeOptions', dict(squeezeDims=axes)), [F(*shape)])
    reset('expand_dims')
    for axis in (0, 1, 2, -1, -2):
        case('expand_dims', '', 'EXPAND_DIMS', None, [F(2, 3), C([axis])])
    reset('transpose')
    for shape, perm in [((2, 3), (1, 0)), ((2, 3, 4), (2, 0, 1)), ((1, 2, 3, 4), (0, 3, 1, 2)), ((2, 3, 4, 2), (3, 2, 1, 0)), ((2, 3, 2, 2, 3), (4, 0, 2, 1, 3)), ((2, 3, 4), (0, 2, 1))]:
        case('transpose', '', 'TRANSPOSE', None, [F(*shape), C(perm)])
    for kind in ['int8', 'int32', 'int64', 'uint8', 'bool']:
        case('transpose', '', 'TRANSPOSE', None, [I(2, 3, 4, low=0, high=1, kind=kind), C((1, 2, 0))], kind)


def joins():
    reset('concat')
    for shapes, axis in [([(2, 3), (2, 5)], 1), ([(1, 2, 3), (4, 2, 3), (2, 2, 3)], 0), ([(1, 2, 2, 3), (1, 2, 2, 1)], -1), ([(3,)], 0)]:
        for kind in ['float32', 'int32', 'uint8', 'int64']:
            case('concat', 'axis=%d' % axis, 'CONCATENATION', ('ConcatenationOptions', dict(axis=axis, fusedActivationFunction=0)),
                 [F(*s) if kind == 'float32' else I(*s, low=0, high=9, kind=kind) for s in shapes], kind)
    reset('pack')
    for shape, count, axis in [((2, 3), 3, 0), ((2, 3), 2, 1), ((2, 3), 2, -1), ((), 4, 0)]:
        for kind in ['float32', 'int32', 'int64']:
            case('pack', 'axis=%d' % axis, 'PACK', ('PackOptions', dict(axis=axis, valuesCount=count)), [I(*shape, kind=kind) for _ in range(count)], kind)
    reset('unpack')
    for shape, axis in [((2, 3), 0), ((2, 3), 1), ((2, 3, 4), -1), ((4,), 0)]:
        for kind in ['float32', 'int32']:
            case('unpack', 'axis=%d' % axis, 'UNPACK', ('UnpackOptions', dict(axis=axis, num=shape[axis])), [I(*shape, kind=kind)], [kind] * shape[axis])
    reset('split')
    for shape, axis, parts in [((2, 6), 1, 3), ((4, 3), 0, 2), ((1, 2, 3, 4), -1, 4)]:
        for kind in ['float32', 'int32', 'uint8']:
            case('split', '', 'SPLIT', ('SplitOptions', dict(numSplits=parts)), [C(axis), I(*shape, low=0, kind=kind)], [kind] * parts)
    reset('split_v')
    for shape, sizes, axis in [((2, 6), (1, 2, 3), 1), ((5, 3), (2, -1), 0), ((1, 2, 3, 4), (3, 1), -1)]:
        for kind in ['float32', 'int64']:
            case('split_v', '', 'SPLIT_V', ('SplitVOptions', dict(numSplits=len(sizes))), [I(*shape, kind=kind), C(sizes), C(axis)], [kind] * len(sizes))


def slices():
    reset('slice')
    for shape, begin, size in [((4, 5), (1, 2), (2, 3)), ((2, 3, 4), (0, 1, 0), (-1, 2, -1)), ((1, 6, 6, 3), (0, 2, 1, 0), (1, 3, 4, 3)), ((7,), (3,), (1,)), ((2, 2, 3, 2, 2), (0, 1, 1, 0, 1), (2, 1, 2, -1, 1))]:
        for kind in ['float32', 'int32', 'int64', 'uint8', 'bool']:
            case('slice', '', 'SLICE', None, [I(*shape, low=0, high=1 if kind == 'bool' else 9, kind=kind), C(begin), C(size)], kind)
    reset('strided_slice')
    for shape, begin, end, strides, masks in [
            ((5, 6), (1, 2), (4, 6), (1, 2), {}), ((5, 6), (4, 5), (0, 0), (-1, -2), {}), ((5, 6), (0, 0), (0, 0), (1, 1), dict(begin=3, end=3)),
            ((5, 6), (-3, -4), (-1, 99), (1, 1), {}), ((5, 6), (2, 0), (3, 6), (1, 1), dict(shrink=1)), ((5, 6), (-1, 1), (0, 4), (1, 2), dict(shrink=1)),
            ((2, 3, 4), (0, 1), (0, 3), (1, 1), dict(ellipsis=1)), ((2, 3, 4), (0, 0, 1), (1, 0, 3), (1, 1, 1), dict(ellipsis=2)),
            ((2, 3, 4), (0, 0, 1), (0, 0, 2), (1, 1, 1), dict(new=1, begin=2, end=2)), ((2, 3), (0, 0, 0), (0, 0, 0), (1, 1, 1), dict(new=2, begin=5, end=5)),
            ((4,), (1,), (2,), (1,), dict(shrink=1)), ((2, 3, 4), (1,), (2,), (1,), dict(shrink=1)), ((6, 7), (5, 6), (0, 0), (-2, -3), dict(end=3)),
            ((6, 7), (-99, 99), (99, -99), (2, -2), {}), ((1, 8, 8, 3), (0, 0, 0, 0), (1, 8, 8, 3), (1, 2, 2, 1), {}), ((1, 8, 8, 3), (0, 0, 0, 2), (0, 0, 0, -4), (1, 1, 1, -1), dict(begin=7, end=7))]:
        attrs = ' '.join('%s_mask=%d' % ({'new': 'new_axis', 'shrink': 'shrink_axis'}.get(k, k), v) for k, v in masks.items())
        options = dict(beginMask=masks.get('begin', 0), endMask=masks.get('end', 0), ellipsisMask=masks.get('ellipsis', 0),
                       newAxisMask=masks.get('new', 0), shrinkAxisMask=masks.get('shrink', 0))
        for kind in ['float32', 'int32'] if len(shape) < 4 else ['float32']:
            case('strided_slice', attrs, 'STRIDED_SLICE', ('StridedSliceOptions', options), [I(*shape, kind=kind), C(begin), C(end), C(strides)], kind)
    case('strided_slice', 'offset=true', 'STRIDED_SLICE', ('StridedSliceOptions', dict(offset=True)), [F(5, 6), C((1, 2)), C((2, 3)), C((1, 1))])
    reset('gather')
    for shape, indices, axis, batch in [((5, 3), (4,), 0, 0), ((2, 5), (2, 3), 1, 0), ((2, 3, 4), (), -1, 0), ((2, 5, 3), (2, 4), 1, 1), ((3, 4), (2,), 0, 0)]:
        limit = shape[axis] - 1
        for kind, index in [('float32', 'int32'), ('int32', 'int64'), ('int64', 'int32'), ('uint8', 'int32')]:
            case('gather', 'axis=%d batch_dims=%d' % (axis, batch), 'GATHER', ('GatherOptions', dict(axis=axis, batchDims=batch)),
                 [I(*shape, low=0, kind=kind), I(*indices, low=0, high=limit, kind=index)], kind)


def pads():
    reset('pad')
    for shape, pads in [((2, 3), ((1, 0), (2, 3))), ((1, 3, 4, 2), ((0, 0), (1, 1), (2, 0), (0, 0))), ((4,), ((0, 2),)), ((2, 2, 2), ((0, 0), (0, 0), (1, 2))), ((1, 2, 2, 1, 2), ((0, 0), (1, 0), (0, 1), (1, 1), (0, 0)))]:
        for kind in ['float32', 'int32', 'int64']:
            case('pad', '', 'PAD', None, [I(*shape, kind=kind), C(pads)], kind)
            case('pad', '', 'PADV2', None, [I(*shape, kind=kind), C(pads, 'int64' if kind == 'int64' else 'int32'), C(7, kind)], kind)
    x = I(2, 3, low=-9, kind='int8')
    x.quant = ([0.5], [-3], 0)
    case('pad', '', 'PAD', None, [x, C(((1, 0), (0, 2)))], [('int8', x.quant)])
    reset('mirror_pad')
    for mode in (0, 1):
        for shape, pads in [((3, 4), ((1, 2), (2, 3))), ((2, 3, 3, 2), ((0, 0), (2, 1), (1, 2), (0, 1))), ((5,), ((0, 3),))]:
            case('mirror_pad', 'mode=' + ('reflect', 'symmetric')[mode], 'MIRROR_PAD', ('MirrorPadOptions', dict(mode=mode)), [F(*shape), C(pads)])
    reset('tile')
    for shape, times in [((2, 3), (2, 1)), ((1, 2, 2), (3, 1, 2)), ((4,), (3,))]:
        for kind in ['float32', 'int32', 'int64', 'bool']:
            case('tile', '', 'TILE', None, [I(*shape, low=0, high=1, kind=kind), C(times)], kind)
    reset('broadcast_to')
    for shape, to in [((1, 3), (2, 3)), ((2, 1, 3), (4, 2, 5, 3)), ((), (2, 2)), ((5,), (5,))]:
        for kind in ['float32', 'int32']:
            case('broadcast_to', '', 'BROADCAST_TO', None, [I(*shape, kind=kind), C(to)], kind)
    for op, shape, sizes in [('depth_to_space', (2, 2, 3, 18), (3,)), ('depth_to_space', (1, 3, 2, 8), (2,)), ('space_to_depth', (2, 6, 3, 2), (3,)), ('space_to_depth', (1, 4, 6, 3), (2,))]:
        for size in sizes:
            for kind in ['float32', 'int32', 'uint8']:
                table = 'DepthToSpaceOptions' if op[0] == 'd' else 'SpaceToDepthOptions'
                case(op, 'block_size=%d' % size, op.upper(), (table, dict(blockSize=size)), [I(*shape, low=0, kind=kind)], kind)


# --- making data, changing types ---

def makers():
    reset('shape')
    for shape in [(2, 3, 4), (7,), (1, 5, 6, 3)]:
        for kind in ['int32', 'int64']:
            case('shape', 'type=' + kind, 'SHAPE', ('ShapeOptions', dict(outType=LITE[kind])), [F(*shape)], kind)
    reset('fill')
    for dims in [(2, 3), (4,), (1, 2, 3)]:
        for kind in ['float32', 'int32', 'int64', 'bool']:
            case('fill', '', 'FILL', None, [C(dims), I(low=0, high=1, kind=kind)], kind)
    reset('range')
    for a, b, d in [(0, 5, 1), (2, 11, 3), (9, 0, -2), (3, 3, 1)]:
        for kind in ['float32', 'int32', 'int64']:
            if a != b:
                case('range', '', 'RANGE', None, [C(a, kind), C(b, kind), C(d, kind)], kind)
    reset('cast')
    for a in ['float32', 'int32', 'int64', 'uint8', 'bool', 'int8', 'int16']:
        for b in ['float32', 'int32', 'int64', 'uint8', 'bool', 'int8', 'int16']:
            x = F(3, 4, low=0.1, high=100) if a == 'float32' else I(3, 4, low=0, high=1 if a == 'bool' else 100, kind=a)
            case('cast', 'type=' + b, 'CAST', ('CastOptions', dict(inDataType=LITE[a], outDataType=LITE[b])), [x], b)
    case('cast', 'type=float32', 'CAST', ('CastOptions', dict(inDataType=1, outDataType=0)), [T(F(3, 4).data.astype('float16'))], 'float32')
    reset('quantize')
    for kind, scale, zero in [('int8', 0.05, -3), ('uint8', 0.031, 128), ('int16', 0.001, 0), ('int8', 1.0, 0)]:
        q = ([scale], [zero], 0)
        x = T(np.concatenate([F(20, low=-5, high=5).data, np.array([0.5, 1.5, -0.5, -1.5, 2.5, 1e6, -1e6], 'float32')]))
        case('quantize', 'type=' + kind, 'QUANTIZE', None, [x], [(kind, q)],
             kin_ins=[x, C([scale], 'float32'), C([zero], 'int64')])
    reset('dequantize')
    for kind, scale, zero in [('int8', 0.05, -3), ('uint8', 0.031, 128), ('int16', 0.001, 0)]:
        x = I(3, 7, low=0 if kind == 'uint8' else -100, high=100, kind=kind)
        x.quant = ([scale], [zero], 0)
        case('dequantize', '', 'DEQUANTIZE', None, [x])
    for axis, shape in [(0, (3, 2, 4)), (2, (2, 3, 3)), (3, (1, 2, 2, 4))]:
        x, n = I(*shape, low=-127, high=127, kind='int8'), shape[axis]
        x.quant = ([0.01 * (i + 1) for i in range(n)], [0] * n, axis)
        case('dequantize', '', 'DEQUANTIZE', None, [x])
    halves = T(np.array([0, -0.0, 1, -2.5, 65504, 6e-8, -6.1e-5, 0.333, np.inf, -np.inf], 'float16'), True)
    case('dequantize', '', 'DEQUANTIZE', None, [halves])


def main():
    for make in [conv2d, depthwise_conv2d, dense, batch_norm, batch_norm_train, unaries, prelu, softmax, log_softmax, l2_normalize, dropout, dropout_train,
                 pools, resizes, binaries, compares, select, reductions, reshapes, joins, slices, pads, makers, losses]:
        reset(make.__name__)
        make()
    write(sys.argv[1], sys.argv[2:])


main()
