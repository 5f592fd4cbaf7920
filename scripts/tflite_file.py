# SPDX-License-Identifier: Apache-2.0
#
# A .tflite file as Python objects and back again, by the object classes inside the tensorflow package.
# Used by make-models.py, add-card.py and golden-layers.py; kin itself never needs Python.
import importlib.util
import pathlib

import flatbuffers
import numpy as np
from tensorflow.lite.python import schema_py_generated as schema

ALIGNMENT = 16  # of every constant, counted from the start of the file: readers use the bytes in place


class AlignedBuffer(schema.BufferT):
    """A constant whose bytes start at a multiple of ALIGNMENT (the generated class aligns to 4)."""

    def Pack(self, builder):
        data = None
        if self.data is not None:
            raw = np.asarray(self.data, np.uint8).tobytes()
            builder.StartVector(1, len(raw), ALIGNMENT)
            builder.head = builder.head - len(raw)
            builder.Bytes[builder.head:builder.head + len(raw)] = raw
            data = builder.EndVector()
        schema.BufferStart(builder)
        if data is not None:
            schema.BufferAddData(builder, data)
        return schema.BufferEnd(builder)


def read(path):
    return schema.ModelT.InitFromObj(schema.Model.GetRootAsModel(pathlib.Path(path).read_bytes(), 0))


def pack(model):
    """The file's bytes. Constants are aligned; buffer 0 stays the empty one that the format asks for."""
    for i, old in enumerate(model.buffers):
        model.buffers[i] = AlignedBuffer()
        model.buffers[i].data = old.data
    builder = flatbuffers.Builder(1 << 20)
    builder.Finish(model.Pack(builder), file_identifier=b"TFL3")
    return bytes(builder.Output())


def constant(model, tensor):
    """A tensor's constant as an array, or None for what is computed."""
    data = model.buffers[tensor.buffer].data
    if data is None:
        return None
    kinds = {schema.TensorType.FLOAT32: np.float32, schema.TensorType.FLOAT16: np.float16,
             schema.TensorType.INT32: np.int32, schema.TensorType.INT64: np.int64}
    return np.frombuffer(np.asarray(data, np.uint8).tobytes(), kinds[tensor.type]).reshape(tensor.shape)


def add_buffer(model, data):
    buffer = schema.BufferT()
    buffer.data = np.frombuffer(bytes(data), np.uint8)
    model.buffers.append(buffer)
    return len(model.buffers) - 1


def operator_code(model, builtin, version):
    """The index of the operator code, added when the model has not used it yet."""
    for i, code in enumerate(model.operatorCodes):
        if code.builtinCode == builtin and code.version == version:
            return i
    code = schema.OperatorCodeT()
    code.builtinCode, code.version = builtin, version
    code.deprecatedBuiltinCode = min(builtin, 127)
    model.operatorCodes.append(code)
    return len(model.operatorCodes) - 1


def set_metadata(model, name, data):
    """Puts a named metadata buffer in, in place of one of the same name."""
    model.metadata = model.metadata or []
    for entry in model.metadata:
        if entry.name in (name, name.encode()):
            model.buffers[entry.buffer].data = np.frombuffer(bytes(data), np.uint8)
            return
    entry = schema.MetadataT()
    entry.name, entry.buffer = name, add_buffer(model, data)
    model.metadata.append(entry)


def get_metadata(model, name):
    for entry in model.metadata or []:
        if entry.name in (name, name.encode()):
            return np.asarray(model.buffers[entry.buffer].data, np.uint8).tobytes()
    return None


def sweep(model):
    """Drops what nothing uses: tensors, constants, operator codes. Computed tensors share the empty buffer 0."""
    graph = model.subgraphs[0]
    ends = list(graph.inputs) + list(graph.outputs)
    used = sorted({i for op in graph.operators for i in list(op.inputs) + list(op.outputs) if i >= 0} | set(ends))
    place = {old: new for new, old in enumerate(used)}
    graph.tensors = [graph.tensors[i] for i in used]
    for op in graph.operators:
        op.inputs = np.array([place.get(int(i), -1) for i in op.inputs], np.int32)
        op.outputs = np.array([place[int(i)] for i in op.outputs], np.int32)
    graph.inputs = np.array([place[int(i)] for i in graph.inputs], np.int32)
    graph.outputs = np.array([place[int(i)] for i in graph.outputs], np.int32)
    for signature in model.signatureDefs or []:
        for end in list(signature.inputs) + list(signature.outputs):
            end.tensorIndex = place[end.tensorIndex]

    buffers, codes = [schema.BufferT()], []

    def keep(index):
        if model.buffers[index].data is None:
            return 0
        buffers.append(model.buffers[index])
        return len(buffers) - 1

    for tensor in graph.tensors:
        tensor.buffer = keep(tensor.buffer)
    for entry in model.metadata or []:
        entry.buffer = keep(entry.buffer)
    for op in graph.operators:
        code = model.operatorCodes[op.opcodeIndex]
        if code not in codes:
            codes.append(code)
        op.opcodeIndex = codes.index(code)
    model.buffers, model.operatorCodes = buffers, codes


def official_metadata(card, inputs, outputs, labels=None):
    """TFLite's own metadata (identifier M001) as far as it has a field for what the card says, or None where the
    package tflite-support, whose schema it is, is not installed. `labels`: the outputs' label file, which the caller puts
    into a zip archive behind the model."""
    spec = importlib.util.find_spec("tensorflow_lite_support")
    places = [] if spec is None else list(spec.submodule_search_locations or [])
    files = [pathlib.Path(p) / "metadata" / "metadata_schema_py_generated.py" for p in places]
    files = [f for f in files if f.exists()]
    if not files:
        return None
    spec = importlib.util.spec_from_file_location("metadata_schema_py_generated", files[0])
    meta = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(meta)

    def tensor(name, description, image=None):
        t = meta.TensorMetadataT()
        t.name, t.description = name, description
        t.content = meta.ContentT()
        if image is None:
            t.content.contentPropertiesType = meta.ContentProperties.FeatureProperties
            t.content.contentProperties = meta.FeaturePropertiesT()
        else:
            t.content.contentPropertiesType = meta.ContentProperties.ImageProperties
            t.content.contentProperties = meta.ImagePropertiesT()
            t.content.contentProperties.colorSpace = meta.ColorSpaceType.RGB
            unit = meta.ProcessUnitT()
            unit.optionsType = meta.ProcessUnitOptions.NormalizationOptions
            unit.options = meta.NormalizationOptionsT()
            unit.options.mean = [float(x) for x in image["mean"]]
            unit.options.std = [float(x) for x in image["scale"]]
            t.processUnits = [unit]
        return t

    subgraph = meta.SubGraphMetadataT()
    subgraph.inputTensorMetadata = [tensor(n, "RGB picture, see KIN_CARD", card["input"]) for n in inputs]
    subgraph.outputTensorMetadata = [tensor(n, card["output"]["decode"] + ", see KIN_CARD") for n in outputs]
    for t in subgraph.outputTensorMetadata if labels else []:
        t.associatedFiles = [meta.AssociatedFileT()]
        t.associatedFiles[0].name, t.associatedFiles[0].type = labels, meta.AssociatedFileType.TENSOR_AXIS_LABELS
    whole = meta.ModelMetadataT()
    whole.name, whole.version = card["name"], card["version"]
    whole.description = " ".join(card[k] for k in ("results", "training") if card.get(k))
    whole.author, whole.license = card.get("credit", ""), card["licence"]
    whole.subgraphMetadata = [subgraph]
    whole.minParserVersion = "1.0.0"
    builder = flatbuffers.Builder(4096)
    builder.Finish(whole.Pack(builder), file_identifier=b"M001")
    return bytes(builder.Output())
