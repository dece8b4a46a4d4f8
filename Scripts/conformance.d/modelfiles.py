"""A small reader of ncnn's .param and .bin, independent of the Swift one, and what may differ between two twins.

It knows only the layer types of the models that the conformance script takes out of wheels, and says so where it meets
another. Facts: ncnn src/modelbin.cpp and the load_model functions of src/layer at a4d2ea1d.
"""
import re
import struct
from dataclasses import dataclass

import numpy as np

HALF, INT8, RAW = 0x01306B47, 0x000D4B38, 0x0002C056
MAGIC = "7767517"

# The types that store no weights.
WITHOUT_WEIGHTS = set(
    "BinaryOp Clip Concat Crop Dropout Eltwise Flatten Input Interp Padding Permute PixelShuffle Pooling ReLU Reshape "
    "Sigmoid Slice Softmax Split Swish TanH UnaryOp".split())
# The param that announces int8, of the types that take their scales from a table.
INT8_TERM = {"Convolution": 8, "ConvolutionDepthWise": 8, "InnerProduct": 8}


class Wrong(Exception):
    """A file is not what it has to be."""


@dataclass
class Layer:
    line: str
    type: str
    name: str
    bottoms: list
    tops: list
    params: dict

    def int(self, key, default=0):
        return int(self.params.get(key, default))

    @property
    def term(self):
        return self.int(INT8_TERM[self.type]) if self.type in INT8_TERM else 0


@dataclass
class Array:
    """One stored array: where it came from, how it is stored, its very bytes, and its values."""
    layer: str
    name: str
    storage: str
    bytes: bytes
    values: np.ndarray


def read_param(text):
    """The head lines and the layers of a text .param."""
    lines = text.split("\n")
    if lines[0].strip() != MAGIC:
        raise Wrong(f"the .param begins with {lines[0][:20]!r}, wanted {MAGIC}")
    layers = []
    for line in lines[2:]:
        words = line.split()
        if not words:
            continue
        bottoms, tops = int(words[2]), int(words[3])
        blobs, params = words[4:4 + bottoms + tops], words[4 + bottoms + tops:]
        layers.append(Layer(line, words[0], words[1], blobs[:bottoms], blobs[bottoms:],
                            {int(key): value for key, value in (p.split("=", 1) for p in params)}))
    wanted = int(lines[1].split()[0])
    if len(layers) != wanted:
        raise Wrong(f"the .param has {len(layers)} layers, its second line says {wanted}")
    return lines[:2], layers


def int8_layers(layers):
    """How many layers are int8, of all ten types, and how many of them requantize."""
    terms = [layer.int(18 if layer.type in ("Embed", "Gemm", "MultiHeadAttention", "SDPA") else 8) for layer in layers
             if layer.type in INT8_TERM or layer.type in
             ("RNN", "LSTM", "GRU", "Embed", "Gemm", "MultiHeadAttention", "SDPA")]
    return sum(term > 0 for term in terms), sum(term > 100 for term in terms)


def expected_arrays(layer):
    """The arrays of a layer in file order: (name, count, has a tag)."""
    kind, term = layer.type, layer.term
    if kind in WITHOUT_WEIGHTS:
        return []
    if kind == "MemoryData":
        count = 1
        for key in (0, 1, 11, 2):
            count *= layer.int(key) or 1
        return [("data", count, layer.int(21, 1) == 0)]
    if kind == "PReLU":
        return [("slope", layer.int(0), False)]
    if kind == "BatchNorm":
        return [(name, layer.int(0), False) for name in ("slope", "mean", "variance", "bias")]
    if kind == "Scale":
        if layer.int(0) == -233:
            return []
        return [("scale", layer.int(0), False)] + [("bias", layer.int(0), False)] * layer.int(1)
    outputs = layer.int(0)
    if kind == "InnerProduct":
        arrays = [("weight", layer.int(2), True)] + [("bias", outputs, False)] * layer.int(1)
    elif kind in ("Convolution", "ConvolutionDepthWise", "Deconvolution", "DeconvolutionDepthWise"):
        arrays = [("weight", layer.int(6), True)] + [("bias", outputs, False)] * layer.int(5)
    else:
        raise Wrong(f"layer {layer.name} is of type {kind}, whose weights this reader does not know")
    if term:
        scales = outputs
        if kind == "ConvolutionDepthWise":
            scales = layer.int(7, 1) if term % 100 == 1 else 1
        arrays += [("weight scales", scales, False), ("bottom scale", 1, False)]
        if term > 100:
            arrays.append(("top scale", 1, False))
    return arrays


def read_bin(layers, data):
    """Every array of a .bin, in file order; the file must end where the last one does."""
    arrays, at = [], 0

    def take(size, what):
        nonlocal at
        if at + size > len(data):
            raise Wrong(f"the .bin has {len(data)} bytes, {what} wants {at + size}")
        at += size
        return data[at - size:at]

    for layer in layers:
        for name, count, tagged in expected_arrays(layer):
            what, start = f"{name} of {layer.name}", at
            tag = struct.unpack("<I", take(4, what))[0] if tagged else None
            if tag == HALF:
                storage, values = "fp16", np.frombuffer(take((2 * count + 3) // 4 * 4, what), "<f2", count)
            elif tag == INT8:
                storage, values = "int8", np.frombuffer(take((count + 3) // 4 * 4, what), "i1", count)
            elif tag is None or tag == RAW or tag & 0xFF == 0:
                storage, values = "fp32", np.frombuffer(take(4 * count, what), "<f4", count)
            else:
                raise Wrong(f"{what} has tag 0x{tag:08X}, which this reader does not know")
            arrays.append(Array(layer.name, name, storage, data[start:at], values))
    if at != len(data):
        raise Wrong(f"the .bin has {len(data)} bytes, its layers want {at}")
    return arrays


def round_half_away(values):
    """round(), halves away from zero, without the error that adding 0.5 to 0.49999997 in 32 bits would make."""
    wide = values.astype(np.float64)
    return np.copysign(np.floor(np.abs(wide) + 0.5), wide)


def changed_tokens(before, after):
    """Where two .param texts differ in more than int8 terms; an empty list is what is wanted."""
    (head, old), (head2, new) = read_param(before), read_param(after)
    faults = []
    if head != head2:
        faults.append(f"the head became {head2}")
    if len(old) != len(new):
        return faults + [f"{len(old)} layers became {len(new)}"]
    for was, now in zip(old, new):
        term = INT8_TERM.get(was.type)
        allowed = re.sub(rf"\s+{term}=\d+(?=\s|$)", "", now.line, count=1) if term is not None else now.line
        if allowed != was.line:
            faults.append(f"layer {was.name}: {was.line!r} became {now.line!r}")
    return faults


def readers_behind(blob, layers):
    """The layers that read a blob, looked for through Split, as ncnn's requantize fusion does."""
    for layer in layers:
        if blob in layer.bottoms:
            if layer.type == "Split":
                for top in layer.tops:
                    yield from readers_behind(top, layers)
            else:
                yield layer


def lost_or_wrong(old_layers, old_arrays, new_layers, new_arrays, table, float_storage):
    """What is wrong with an int8 twin: floats that changed, int8 weights or scales that are not what the table says."""
    faults = []
    old = {(a.layer, a.name): a for a in old_arrays}
    new = {(a.layer, a.name): a for a in new_arrays}
    bottoms = {a.layer: a.values[0] for a in new_arrays if a.name == "bottom scale"}
    made = {}
    for array in new_arrays:
        key = (array.layer, array.name)
        if key not in old:
            made[key] = array
        elif array.storage == "int8":
            scales = table[f"{array.layer}_param_0"]
            was = old[key].values.astype(np.float32).reshape(len(scales), -1)
            want = np.clip(round_half_away(was * scales[:, None]), -127, 127).ravel()
            off = int(np.count_nonzero(want != array.values))
            if off:
                faults.append(
                    f"{array.name} of {array.layer}: {off} of {want.size} int8 values are not round(w * scale)")
        elif array.bytes != old[key].bytes:
            narrowed = old[key].values.astype(np.float16).view(np.uint16)
            right = (float_storage == "fp16" and array.name == "weight" and array.storage == "fp16"
                     and np.array_equal(narrowed, array.values.view(np.uint16)))
            if not right:
                faults.append(f"{array.name} of {array.layer}: {old[key].storage} became other {array.storage} bytes")
    faults += [f"{name} of {layer} is gone" for layer, name in old.keys() - new.keys()]

    for layer in new_layers:
        if not layer.term:
            continue
        wanted = {"weight scales": table[f"{layer.name}_param_0"], "bottom scale": table[layer.name]}
        if layer.term > 100:
            behind = {bottoms.get(reader.name) for reader in readers_behind(layer.tops[0], new_layers)}
            if len(behind) != 1 or None in behind:
                faults.append(f"{layer.name} is requantized, but its readers' scales are {sorted(map(str, behind))}")
            else:
                wanted["top scale"] = np.array([behind.pop()], np.float32)
        for name, values in wanted.items():
            if not np.array_equal(made[layer.name, name].values, values):
                faults.append(f"{name} of {layer.name} is not what the table says")
    return faults


def weight_rows(layers, arrays):
    """The weight scales of every layer that can become int8: 127 / absmax of each output channel, and 31 / absmax for
    3x3 convolutions with stride 1 and dilation 1: their Winograd kernels have room for 6 bits (ncnn
    tools/quantize/ncnn2table.cpp). A dead channel gets 1."""
    stored = {a.layer: a.values for a in arrays if a.name == "weight"}
    rows = {}
    for layer in layers:
        if layer.type not in INT8_TERM:
            continue
        count = layer.int(7, 1) if layer.type == "ConvolutionDepthWise" else layer.int(0)
        top = np.abs(stored[layer.name].astype(np.float32).reshape(count, -1)).max(axis=1)
        square3 = layer.type == "Convolution" and all(
            layer.int(key, layer.int(other, default)) == wanted
            for key, other, default, wanted in ((1, 1, 0, 3), (11, 1, 0, 3), (2, 2, 1, 1), (12, 2, 1, 1), (3, 3, 1, 1),
                                                (13, 3, 1, 1)))
        limit = np.float32(31 if square3 else 127)
        rows[f"{layer.name}_param_0"] = np.where(top > 0, limit / np.where(top > 0, top, 1), 1).astype(np.float32)
    return rows


def write_table(path, rows):
    """A calibration table; nine digits bring the same 32-bit float back."""
    with open(path, "w") as file:
        for key, values in rows.items():
            file.write(key + " " + " ".join(f"{value:.9g}" for value in values) + "\n")
