"""Writes ncnn models with random weights, and a calibration table for every layer that can become int8."""
import math
import struct
from dataclasses import dataclass

import numpy as np

# The largest piece that is drawn and written at once, in floats.
PIECE = 1 << 22


@dataclass
class Array:
    """One stored array: `rows` × `columns` normal numbers, or as many times `fixed`."""
    rows: int
    columns: int = 1
    deviation: float = 0.0
    fixed: float = 0.0
    tagged: bool = False
    # The table's row that holds its scales, and what the largest magnitude of a row becomes.
    table_row: int | None = None
    limit: int = 127

    def write(self, file, random):
        """Writes it and returns the largest magnitude of each row."""
        if self.tagged:
            file.write(struct.pack("<I", 0))
        if self.deviation == 0:
            file.write(np.full(self.rows * self.columns, self.fixed, "<f4").tobytes())
            return np.full(self.rows, abs(self.fixed), np.float32)
        largest, step = [], max(1, PIECE // self.columns)
        for row in range(0, self.rows, step):
            part = random.standard_normal((min(step, self.rows - row), self.columns), np.float32)
            part *= np.float32(self.deviation)
            file.write(part.astype("<f4", copy=False).data)
            largest.append(np.maximum(part.max(axis=1), -part.min(axis=1)))
        return np.concatenate(largest)


@dataclass
class Layer:
    type: str
    name: str
    bottoms: list
    tops: list
    params: str
    arrays: list
    # What the table says of the layer's input; None for layers that have no such row.
    input_scale: float | None = None


class Model:
    """Layers in order; a blob that several of them read gets its Split when the model is written."""

    def __init__(self, shape):
        extents = " ".join(f"{key}={extent}" for key, extent in enumerate(reversed(shape)))
        self.layers = [Layer("Input", "data", [], ["data"], extents, [])]

    def add(self, type, bottoms, params="", arrays=(), input_scale=None, top=None):
        """Adds a layer and returns the name of its blob."""
        name = f"{type.lower()}_{len(self.layers)}"
        self.layers.append(Layer(type, name, list(bottoms), [top or name], params, list(arrays), input_scale))
        return self.layers[-1].tops[0]

    def convolution(self, blob, inputs, outputs, kernel, stride=1, pad=0, relu=True, gain=1.0):
        size = inputs * kernel * kernel
        # ncnn2table leaves room for 6 bits where ncnn's Winograd kernels run.
        limit = 31 if kernel == 3 and stride == 1 else 127
        return self.add(
            "Convolution", [blob],
            f"0={outputs} 1={kernel} 3={stride} 4={pad} 5=1 6={outputs * size}" + " 9=1" * relu,
            [Array(outputs, size, gain * math.sqrt((2 if relu else 1) / size), tagged=True, table_row=0, limit=limit),
             Array(outputs)], input_scale=25)

    def depthwise(self, blob, channels, kernel, stride=1, pad=0):
        size = kernel * kernel
        return self.add(
            "ConvolutionDepthWise", [blob],
            f"0={channels} 1={kernel} 3={stride} 4={pad} 5=1 6={channels * size} 7={channels} 9=1",
            [Array(channels, size, math.sqrt(2 / size), tagged=True, table_row=0), Array(channels)], input_scale=25)

    def inner_product(self, blob, inputs, outputs, relu=False):
        return self.add(
            "InnerProduct", [blob], f"0={outputs} 1=1 2={inputs * outputs}" + " 9=1" * relu,
            [Array(outputs, inputs, math.sqrt((2 if relu else 1) / inputs), tagged=True, table_row=0), Array(outputs)],
            input_scale=25)

    def gemm(self, blob, inputs, outputs, gain=1.0):
        """A constant B of `outputs` rows and a constant C for each of them; its scale is computed from the weights."""
        return self.add(
            "Gemm", [blob], f"3=1 5=1 6=1 8={outputs} 9={inputs} 10=4",
            [Array(outputs, inputs, gain / math.sqrt(inputs), tagged=True), Array(outputs, tagged=True)])

    def attention(self, blob, width, heads):
        arrays = []
        for row in range(4):
            # The last one has a single scale.
            shape = (width, width) if row < 3 else (1, width * width)
            arrays += [Array(*shape, 1 / math.sqrt(width), tagged=True, table_row=row), Array(width)]
        return self.add("MultiHeadAttention", [blob] * 3, f"0={width} 1={heads} 2={width * width}", arrays)

    def layer_norm(self, blob, width):
        return self.add("LayerNorm", [blob], f"0={width} 1=1e-6 2=1", [Array(width, fixed=1.0), Array(width)])

    def lstm(self, blob, inputs, outputs):
        return self.add(
            "LSTM", [blob], f"0={outputs} 1={4 * outputs * inputs} 2=0",
            [Array(4 * outputs, inputs, 1 / math.sqrt(inputs), tagged=True, table_row=0),
             Array(4 * outputs, tagged=True),
             Array(4 * outputs, outputs, 1 / math.sqrt(outputs), tagged=True, table_row=1)])

    def memory(self, width, height):
        return self.add("MemoryData", [], f"0={width} 1={height}", [Array(height, width, 0.02)])

    def sum_and_relu(self, first, second):
        return self.add("ReLU", [self.add("Eltwise", [first, second], "0=1")])

    def classifier(self, blob, inputs):
        return self.scores(self.inner_product(blob, inputs, 1000))

    def scores(self, blob, params="0=0"):
        return self.add("Softmax", [blob], params, top="output")

    def write(self, stem, seed=1):
        """Writes `stem`.param, .bin and .table."""
        random = np.random.default_rng(seed)
        weight_rows, input_rows = [], []
        with open(f"{stem}.bin", "wb") as file:
            for layer in self.layers:
                for array in layer.arrays:
                    largest = array.write(file, random)
                    if array.table_row is not None:
                        scales = " ".join(f"{scale:.9g}" for scale in np.float32(array.limit) / largest)
                        weight_rows.append(f"{layer.name}_param_{array.table_row} {scales}\n")
                if layer.input_scale is not None:
                    input_rows.append(f"{layer.name} {layer.input_scale}\n")
        with open(f"{stem}.param", "w") as file:
            file.write(self.text())
        with open(f"{stem}.table", "w") as file:
            file.writelines(weight_rows + input_rows)

    def text(self):
        """The .param."""
        readers = {}
        for layer in self.layers:
            for blob in layer.bottoms:
                readers[blob] = readers.get(blob, 0) + 1
        lines, blobs, taken = [], 0, dict.fromkeys(readers, 0)
        for layer in self.layers:
            bottoms = []
            for blob in layer.bottoms:
                bottoms.append(f"{blob}_{taken[blob]}" if readers[blob] > 1 else blob)
                taken[blob] += 1
            words = [layer.type, layer.name, len(bottoms), len(layer.tops), *bottoms, *layer.tops, layer.params]
            lines.append(" ".join(map(str, words)).rstrip())
            blobs += len(layer.tops)
            for blob in layer.tops:
                if (count := readers.get(blob, 0)) > 1:
                    parts = [f"{blob}_{index}" for index in range(count)]
                    lines.append(" ".join(["Split", f"split_{blob}", "1", str(count), blob, *parts]))
                    blobs += count
        return "\n".join(["7767517", f"{len(lines)} {blobs}", *lines, ""])
