"""The architectures that are measured, as functions that add their layers to a Model.

Shapes and params follow the published networks in the forms in which ncnn's benchmark/models has them at a4d2ea1d (BatchNorm
folded into convolutions, activations fused); the weights are random, so a result says nothing but how long it took.
"""
from models import Model


def squeezenet(model):
    """SqueezeNet 1.1 (Iandola et al., 2016)."""
    blob = model.convolution("data", 3, 64, 3, stride=2)
    channels = 64
    for squeezed, expanded, pooled in ((16, 64, True), (16, 64, False), (32, 128, True), (32, 128, False),
                                       (48, 192, True), (48, 192, False), (64, 256, False), (64, 256, False)):
        if pooled:
            blob = model.add("Pooling", [blob], "1=3 2=2")
        blob = model.convolution(blob, channels, squeezed, 1)
        blob = model.add("Concat", [model.convolution(blob, squeezed, expanded, 1),
                                    model.convolution(blob, squeezed, expanded, 3, pad=1)])
        channels = 2 * expanded
    blob = model.convolution(blob, channels, 1000, 1, pad=1)
    model.scores(model.add("Pooling", [blob], "0=1 4=1"))


def mobilenet_v2(model):
    """MobileNet v2 (Sandler et al., 2018)."""
    blob = model.convolution("data", 3, 32, 3, stride=2, pad=1)
    inputs = 32
    for expansion, outputs, count, first in ((1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1),
                                             (6, 160, 3, 2), (6, 320, 1, 1)):
        for index in range(count):
            stride, before, middle = first if index == 0 else 1, blob, expansion * inputs
            blob = model.convolution(blob, inputs, middle, 1)
            blob = model.depthwise(blob, middle, 3, stride=stride, pad=1)
            blob = model.convolution(blob, middle, outputs, 1, relu=False, gain=0.7)
            if stride == 1 and inputs == outputs:
                blob = model.add("Eltwise", [before, blob], "0=1")
            inputs = outputs
    blob = model.convolution(blob, inputs, 1280, 1)
    model.classifier(model.add("Pooling", [blob], "0=1 4=1"), 1280)


def resnet18(model):
    """ResNet-18 (He et al., 2015)."""
    blob = resnet_stem(model)
    inputs = 64
    for stage, width in enumerate((64, 128, 256, 512)):
        for block in range(2):
            stride = 2 if stage > 0 and block == 0 else 1
            short = blob if inputs == width else model.convolution(blob, inputs, width, 1, stride=stride, relu=False)
            blob = model.convolution(blob, inputs, width, 3, stride=stride, pad=1)
            blob = model.convolution(blob, width, width, 3, pad=1, relu=False, gain=0.3)
            blob = model.sum_and_relu(short, blob)
            inputs = width
    model.classifier(model.add("Pooling", [blob], "0=1 1=7"), inputs)


def resnet50(model):
    """ResNet-50 (He et al., 2015), with the stride in the first convolution of a block, as in Caffe's model."""
    blob = resnet_stem(model)
    inputs = 64
    for stage, (count, width) in enumerate(((3, 64), (4, 128), (6, 256), (3, 512))):
        for block in range(count):
            stride = 2 if stage > 0 and block == 0 else 1
            short = blob if block > 0 else model.convolution(blob, inputs, 4 * width, 1, stride=stride, relu=False)
            blob = model.convolution(blob, inputs, width, 1, stride=stride)
            blob = model.convolution(blob, width, width, 3, pad=1)
            blob = model.convolution(blob, width, 4 * width, 1, relu=False, gain=0.3)
            blob = model.sum_and_relu(short, blob)
            inputs = 4 * width
    model.classifier(model.add("Pooling", [blob], "0=1 1=7"), inputs)


def resnet_stem(model):
    blob = model.convolution("data", 3, 64, 7, stride=2, pad=3)
    return model.add("Pooling", [blob], "1=3 2=2")


def vgg16(model):
    """VGG-16 (Simonyan and Zisserman, 2014)."""
    blob, inputs = "data", 3
    for count, width in ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512)):
        for _ in range(count):
            blob = model.convolution(blob, inputs, width, 3, pad=1)
            inputs = width
        blob = model.add("Pooling", [blob], "1=2 2=2")
    blob = model.inner_product(blob, 7 * 7 * 512, 4096, relu=True)
    blob = model.inner_product(blob, 4096, 4096, relu=True)
    model.classifier(blob, 4096)


def vision_transformer(model):
    """ViT-B/32 for images of 384 × 384 (Dosovitskiy et al., 2020)."""
    width, heads, hidden, tokens = 768, 12, 3072, 145
    first = model.memory(width, 1)
    positions = model.memory(width, tokens)
    blob = model.convolution("data", 3, width, 32, stride=32, relu=False, gain=0.7)
    blob = model.add("Permute", [model.add("Reshape", [blob], f"0=-1 1={width}")], "0=1")
    blob = model.add("Concat", [first, blob], "0=0")
    blob = model.add("BinaryOp", [blob, positions], "0=0")
    for _ in range(12):
        normal = model.layer_norm(blob, width)
        attended = model.attention(normal, width, heads)
        blob = model.add("BinaryOp", [blob, attended], "0=0")
        normal = model.layer_norm(blob, width)
        inner = model.add("GELU", [model.gemm(normal, width, hidden)], "0=1")
        blob = model.add("BinaryOp", [blob, model.gemm(inner, hidden, width, gain=0.5)], "0=0")
    blob = model.add("Crop", [model.layer_norm(blob, width)], "-23309=1,0 -23310=1,1 -23311=1,0")
    model.scores(model.gemm(blob, width, 1000), "0=1 1=1")


def lstm(model):
    """Two LSTM layers over 100 frames of 80 features, as in small recognizers of speech."""
    blob = model.lstm("data", 80, 512)
    model.scores(model.inner_product(model.lstm(blob, 512, 512), 512, 64), "0=1 1=1")


def span(model):
    """SPAN with 48 channels, twice the size (Wan et al., 2023)."""
    width = 48
    first = model.convolution("data", 3, width, 3, pad=1, relu=False)

    def block(blob):
        inner = model.add("Swish", [model.convolution(blob, width, width, 3, pad=1, relu=False)])
        outer = model.add("Swish", [model.convolution(inner, width, width, 3, pad=1, relu=False)])
        outer = model.convolution(outer, width, width, 3, pad=1, relu=False)
        attention = model.add("BinaryOp", [model.add("Sigmoid", [outer])], "0=1 1=1 2=0.5")
        return inner, model.add("BinaryOp", [model.add("BinaryOp", [outer, blob], "0=0"), attention], "0=2")

    _, early = block(first)
    blob = early
    for _ in range(5):
        inner, blob = block(blob)
    last = model.convolution(blob, width, width, 3, pad=1, relu=False)
    blob = model.add("Concat", [first, last, early, inner])
    blob = model.convolution(blob, 4 * width, width, 1, relu=False)
    model.add("PixelShuffle", [model.convolution(blob, width, 12, 3, pad=1, relu=False)], "0=2", top="output")
    return model


# Each with the shape of its input, outermost first. The input blob of all is `data`, the output `output`.
NETWORKS = {
    "squeezenet": (squeezenet, (3, 227, 227)),
    "mobilenet_v2": (mobilenet_v2, (3, 224, 224)),
    "resnet18": (resnet18, (3, 224, 224)),
    "resnet50": (resnet50, (3, 224, 224)),
    "vgg16": (vgg16, (3, 224, 224)),
    "vision_transformer": (vision_transformer, (3, 384, 384)),
    "lstm": (lstm, (100, 80)),
    "span": (span, (3, 128, 128)),
}


def network(name):
    """The model of that name."""
    add_layers, shape = NETWORKS[name]
    model = Model(shape)
    add_layers(model)
    return model
