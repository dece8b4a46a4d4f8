#!/usr/bin/env python3
"""Makes the files beside it anew: pictures of every kind, what OpenCV decodes them to, damaged ones, and what ncnn's
runtime makes of some of them. It needs numpy, opencv-python-headless, pillow, ncnn and cjpeg, and a processor with
fused multiplication and addition; README.md says with which versions it was run.
"""
import io
import json
import struct
import subprocess
import tempfile
import zlib
from pathlib import Path

import cv2
import ncnn
import numpy as np
from PIL import Image

HERE = Path(__file__).resolve().parent
rng = np.random.default_rng(20261123)


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(samples, depth, colour, *ancillary, interlaced=False):
    """A PNG of samples (height, width, channels), written by hand: no library at hand writes all kinds."""
    height, width, _ = samples.shape
    passes = [(0, 0, 1, 1)]
    if interlaced:
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    rows = b""
    for x, y, dx, dy in passes:
        part = samples[y::dy, x::dx]
        for line in part if part.size else []:
            bits = "".join(f"{value:0{depth}b}" for value in line.reshape(-1))
            bits += "0" * (-len(bits) % 8)
            rows += b"\0" + bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunk(*one) for one in ancillary)
            + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b""))


def noise(height, width, channels, depth=8):
    return rng.integers(0, 1 << depth, (height, width, channels))


def smooth(height, width):
    """Colours that JPEG keeps: slopes, and a dark corner."""
    y, x = np.mgrid[0:height, 0:width]
    picture = np.stack([255 * x / width, 255 * y / height, 255 - 127 * (x / width + y / height)], axis=-1)
    picture[: height // 3, : width // 3] /= 4
    return picture.astype(np.uint8)


def jpeg(picture, mode="RGB", **options):
    file = io.BytesIO()
    Image.fromarray(picture).convert(mode).save(file, "JPEG", quality=90, **options)
    return file.getvalue()


def exif(orientation, order="<"):
    """A TIFF header and a directory with a width and an orientation."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    tag = struct.Struct(order + "HHIHH").pack
    return (mark + struct.pack(order + "IH", 8, 2) + tag(0x0100, 3, 1, 33, 0) + tag(0x0112, 3, 1, orientation, 0)
            + struct.pack(order + "I", 0))


def pictures():
    palette = (b"PLTE", bytes(noise(16, 3, 1).reshape(-1).tolist()))
    transparency = (b"tRNS", bytes([0, 10, 128, 200, 255]))
    grey = noise(9, 13, 1)
    grey[0, 0] = 77
    yield "rgb.png", png(noise(9, 13, 3), 8, 2)
    yield "rgb16.png", png(noise(9, 13, 3, 16), 16, 2)
    yield "rgb-interlaced.png", png(noise(9, 13, 3), 8, 2, interlaced=True)
    yield "rgba.png", png(noise(9, 13, 4), 8, 6)
    yield "rgba16-interlaced.png", png(noise(9, 13, 4, 16), 16, 6, interlaced=True)
    yield "palette4.png", png(noise(9, 13, 1, 4), 4, 3, palette)
    yield "palette4-transparent.png", png(noise(9, 13, 1, 4), 4, 3, palette, transparency)
    yield "grey1.png", png(noise(9, 13, 1, 1), 1, 0)
    yield "grey2-interlaced.png", png(noise(9, 13, 1, 2), 2, 0, interlaced=True)
    yield "grey8.png", png(noise(9, 13, 1), 8, 0)
    yield "grey8-transparent.png", png(grey, 8, 0, (b"tRNS", struct.pack(">H", 77)))
    yield "grey16.png", png(noise(9, 13, 1, 16), 16, 0)
    yield "grey-alpha.png", png(noise(9, 13, 2), 8, 4)
    yield "gamma.png", png(noise(9, 13, 3), 8, 2, (b"gAMA", struct.pack(">I", 100000)))
    yield "turned.png", png(noise(3, 5, 3), 8, 2, (b"eXIf", exif(6)))
    yield "1x1.png", png(noise(1, 1, 3), 8, 2)
    yield "1x7.png", png(noise(7, 1, 3), 8, 2)
    yield "7x1.png", png(noise(1, 7, 3), 8, 2)
    picture = smooth(25, 33)
    yield "420.jpg", jpeg(picture, subsampling="4:2:0")
    yield "422.jpg", jpeg(picture, subsampling="4:2:2")
    yield "444.jpg", jpeg(picture, subsampling="4:4:4")
    yield "progressive.jpg", jpeg(picture, progressive=True)
    yield "grey.jpg", jpeg(picture, "L")
    cmyk = bytearray(jpeg(picture, "CMYK"))
    yield "cmyk.jpg", bytes(cmyk)
    # The same numbers taken for luma, chroma and black: Adobe's marker says which in its twelfth byte.
    cmyk[cmyk.index(b"Adobe") + 11] = 2
    yield "ycck.jpg", bytes(cmyk)
    yield "rgb.jpg", jpeg(picture, keep_rgb=True)
    for number in range(1, 9):
        yield f"exif-{number}.jpg", jpeg(smooth(4, 6), exif=b"Exif\0\0" + exif(number, "<>"[number % 2]))
    yield "exif-9.jpg", jpeg(smooth(4, 6), exif=b"Exif\0\0" + exif(9))


def many_scans(picture):
    """A scan for each component, the last of them 99 times: each goes over the whole picture."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("0; 1; 2;")
        file.flush()
        ppm = f"P6 {picture.shape[1]} {picture.shape[0]} 255 ".encode() + picture.tobytes()
        once = subprocess.run(["cjpeg", "-scans", file.name], input=ppm, capture_output=True, check=True).stdout
    last = once.rindex(b"\xff\xda")
    return once[:last] + once[last:-2] * 99 + once[-2:]


def damaged(whole):
    header = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    wide = struct.pack(">IIBBBBB", 0x7FFFFFFF, 1, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n"
    yield "100000x100000.png", start + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    yield "2147483647x1.png", start + chunk(b"IHDR", wide) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    wrong = bytearray(whole["rgb.png"])
    wrong[60] ^= 1
    yield "flipped-bit.png", bytes(wrong)
    yield "cut.png", whole["rgb.png"][:200]
    yield "cut-before-its-end.png", whole["rgb.png"][:-12]
    yield "only-a-signature.png", start
    # A start of frame has its height and width behind its length and its precision.
    frame = bytearray(whole["420.jpg"])
    place = frame.index(b"\xff\xc0") + 5
    frame[place:place + 4] = struct.pack(">HH", 65500, 65500)
    yield "65500x65500.jpg", bytes(frame)
    yield "many-scans.jpg", many_scans(smooth(8, 8))
    yield "cut.jpg", whole["420.jpg"][:-100]
    yield "cut-before-its-end.jpg", whole["420.jpg"][:-2]
    yield "only-a-start.jpg", whole["420.jpg"][:3]
    twelve = bytearray(whole["420.jpg"])
    twelve[twelve.index(b"\xff\xc0") + 4] = 12
    yield "twelve-bits.jpg", bytes(twelve)
    wrong = bytearray(whole["420.jpg"])
    place = wrong.index(b"\xff\xda") + 40
    wrong[place:place + 8] = b"\xff\xd9" * 4
    yield "end-in-the-middle.jpg", bytes(wrong)
    yield "two-letters.png", b"BM"
    yield "webp.png", b"RIFF\x1a\0\0\0WEBPVP8L" + bytes(14)
    yield "empty.jpg", b""


PIXEL = ncnn.Mat.PixelType


def tensor(picture, case):
    """What the runtime makes of a picture of cv2's. The part that is cropped to is ours, ncnn has no convention."""
    bgr = np.ascontiguousarray(picture)
    height, width, _ = bgr.shape
    name = "PIXEL_BGR" if case["pixel"] == "bgr" else f"PIXEL_BGR2{case['pixel'].upper()}"
    target = int(getattr(PIXEL, name))
    w, h = case["shape"] if case["shape"] != [0, 0] else (width, height)
    part = (0, 0, width, height)
    if "crop" in case:
        scale = min(width / w, height / h) * case["crop"]
        columns, rows = (min(side, max(1, int(wanted * scale + 0.5))) for side, wanted in ((width, w), (height, h)))
        part = ((width - columns) // 2, (height - rows) // 2, columns, rows)
    mat = ncnn.Mat.from_pixels_roi_resize(bgr, target, width, height, *part, w, h).clone()
    mat.substract_mean_normalize(case["mean"], case["norm"])
    return np.array(mat).reshape(-1, h, w)


def cases():
    colour = {"mean": [103.94, 116.78, 123.68], "norm": [0.017, 0.0171, 0.0175]}
    four = {"mean": [1.5, 2.5, 3.5, 0.25], "norm": [0.5, 0.0039215686, 1.0, 0.1]}
    one = {"mean": [127.5], "norm": [0.0078125]}
    plain = {"mean": [0, 0, 0], "norm": [1, 1, 1]}
    for image, shape, pixel, values in [
            ("rgb.png", [16, 16], "bgr", colour), ("rgb.png", [5, 4], "rgb", colour), ("rgb.png", [13, 9], "rgb", plain),
            ("rgb.png", [0, 0], "bgr", plain), ("rgb.png", [1, 1], "rgb", plain), ("rgb.png", [26, 18], "gray", one),
            ("rgb.png", [12, 20], "rgba", four), ("rgb.png", [7, 8], "bgra", four), ("grey8.png", [10, 10], "gray", one),
            ("1x1.png", [4, 3], "rgb", plain), ("1x7.png", [3, 5], "rgb", plain), ("7x1.png", [5, 3], "bgr", plain),
            ("7x1.png", [7, 2], "rgb", plain), ("420.jpg", [16, 16], "rgb", colour), ("420.jpg", [66, 3], "bgr", colour),
            ("420.jpg", [32, 24], "gray", one), ("exif-6.jpg", [8, 8], "rgb", colour)]:
        yield {"image": image, "shape": shape, "pixel": pixel, **values}
    for image, shape, crop in [("420.jpg", [16, 16], 0.875), ("420.jpg", [10, 20], 1), ("420.jpg", [20, 10], 0.5),
                               ("1x7.png", [4, 4], 1), ("rgb.png", [2, 2], 0.01)]:
        yield {"image": image, "shape": shape, "pixel": "rgb", **colour, "crop": crop}


def main():
    whole = dict(pictures())
    for folder in ("decoded", "damaged", "tensors"):
        (HERE / folder).mkdir(exist_ok=True)
        for old in (HERE / folder).iterdir():
            old.unlink()
    bgr = {}
    for name, content in whole.items():
        (HERE / "decoded" / name).write_bytes(content)
        bgr[name] = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
        np.save(HERE / "decoded" / f"{name}.rgb.npy", bgr[name][:, :, ::-1])
        full = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
        if full.shape[2:] == (4,) and name.endswith(".png"):
            full = full[:, :, [2, 1, 0, 3]]
            full = (full >> 8).astype(np.uint8) if full.dtype == np.uint16 else full
            np.save(HERE / "decoded" / f"{name}.rgba.npy", full)
    for name, content in damaged(whole):
        (HERE / "damaged" / name).write_bytes(content)
    recorded = []
    for number, case in enumerate(cases()):
        case["tensor"] = f"{number}.npy"
        np.save(HERE / "tensors" / case["tensor"], tensor(bgr[case["image"]], case))
        recorded.append(case)
    (HERE / "tensors" / "cases.json").write_text(
        "[\n" + ",\n".join("  " + json.dumps(case) for case in recorded) + "\n]\n")


if __name__ == "__main__":
    main()
