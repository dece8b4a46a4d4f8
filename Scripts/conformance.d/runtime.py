"""The real ncnn runtime, run so that its figures can be compared, and what is compared."""
import contextlib
import os
import platform
import struct
import tempfile
import zlib

import numpy as np


class Failed(Exception):
    """The runtime would not load or run a model."""


@contextlib.contextmanager
def captured_stderr():
    """What ncnn's C++ writes to standard error meanwhile: it says there why it fails."""
    with tempfile.TemporaryFile() as file:
        saved = os.dup(2)
        os.dup2(file.fileno(), 2)
        words = []
        try:
            yield words
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            file.seek(0)
            words += file.read().decode(errors="replace").split("\n")


class Model:
    """A model in the runtime: one thread, no 16-bit arithmetic, so that float means fp32 and sums have one order."""

    def __init__(self, param, bin, keep_blobs=False):
        import ncnn
        self.ncnn, self.net = ncnn, ncnn.Net()
        options = self.net.opt
        options.num_threads = 1
        options.use_vulkan_compute = False
        for name in ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic", "use_bf16_storage",
                     "use_bf16_packed"):
            if hasattr(options, name):
                setattr(options, name, False)
        options.lightmode = not keep_blobs
        with captured_stderr() as words:
            codes = self.net.load_param(str(param)), self.net.load_model(str(bin))
        said = " / ".join(line for line in words if line)
        if any(codes) or said:
            raise Failed(f"does not load: codes {codes} {said}".rstrip())

    def run(self, inputs, blobs):
        """The named blobs for the named inputs, as arrays of their own."""
        extractor = self.net.create_extractor()
        given = {name: self.ncnn.Mat(np.ascontiguousarray(array)).clone() for name, array in inputs.items()}
        results = {}
        with captured_stderr() as words:
            codes = [extractor.input(name, mat) for name, mat in given.items()]
            for blob in blobs:
                code, mat = extractor.extract(blob)
                codes.append(code)
                results[blob] = np.array(mat)
        if any(codes):
            raise Failed(f"does not run: codes {codes} {' / '.join(line for line in words if line)}")
        return results


def from_pixels(picture, pixel, width, height, mean, norm):
    """An image (height, width, 3 or 4; R first) as the runtime gives it to a model."""
    import ncnn
    kinds, given = ncnn.Mat.PixelType, "RGBA" if picture.shape[2] == 4 else "RGB"
    kind = getattr(kinds, f"PIXEL_{given}" if pixel.upper() == given else f"PIXEL_{given}2{pixel.upper()}")
    mat = ncnn.Mat.from_pixels_resize(picture, int(kind), picture.shape[1], picture.shape[0], width, height).clone()
    mat.substract_mean_normalize(mean, norm)
    return np.array(mat).reshape(-1, height, width)


def png(picture):
    """The bytes of a PNG: the conformance environment has no library that writes one."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width, channels = picture.shape
    header = struct.pack(">IIBBBBB", width, height, 8, {3: 2, 4: 6}[channels], 0, 0, 0)
    rows = b"".join(b"\0" + row.tobytes() for row in picture)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


def has_fused_multiplication():
    """Whether the runtime's kernels multiply and add with one rounding here."""
    if platform.machine() == "aarch64":
        return True
    with contextlib.suppress(OSError), open("/proc/cpuinfo") as file:
        return " fma " in file.read()
    return False


def images(seed, count, size):
    """Seeded RGB images in 0...1, (count, 3, size, size), as smooth and as edgy as photographs are: coloured noise
    whose amplitude falls with frequency, and a few filled discs and half planes over it."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:size, 0:size].astype(np.float64)
    fx, fy = np.meshgrid(np.fft.fftfreq(size), np.fft.fftfreq(size))
    falloff = 1 / np.maximum(np.hypot(fx, fy), 1 / size) ** 1.6
    out = np.empty((count, 3, size, size), np.float32)
    for image in out:
        noise = np.fft.ifft2(np.fft.fft2(random.normal(size=(4, size, size))) * falloff).real
        noise -= noise.mean(axis=(1, 2), keepdims=True)
        noise /= noise.std(axis=(1, 2), keepdims=True)
        picture = 0.5 + 0.18 * noise[0] + 0.07 * noise[1:]
        for _ in range(4):
            cx, cy, radius, angle = random.uniform(0, [size, size, size / 3, 2 * np.pi])
            inside = radius - np.hypot(x - cx, y - cy) if random.random() < 0.6 else \
                (x - cx) * np.cos(angle) + (y - cy) * np.sin(angle) - size / 4
            cover = np.clip(inside + 0.5, 0, 1) * random.uniform(0.4, 0.9)
            picture = picture * (1 - cover) + cover * random.uniform(0, 1, (3, 1, 1))
        image[:] = np.clip(picture, 0, 1)
    return out


def measures(reference, found):
    """How far two lists of arrays are apart: cosine, signal to noise in dB, peak signal to noise with a peak of 1, and
    the greatest difference over the greatest value. Finite says that the second is so wherever the first is."""
    a = np.concatenate([np.asarray(array, np.float64).ravel() for array in reference])
    b = np.concatenate([np.asarray(array, np.float64).ravel() for array in found])
    known = np.isfinite(a)
    finite = bool((np.isfinite(b) == known).all())
    a, b = a[known & np.isfinite(b)], b[known & np.isfinite(b)]
    error = a - b
    noise, signal = float(error @ error), float(a @ a)
    lengths = np.sqrt(signal * float(b @ b))
    return {
        "finite": finite,
        "cosine": float(a @ b) / lengths if lengths > 0 else float(noise == 0),
        "sqnr_db": 10 * np.log10(signal / noise) if noise > 0 and signal > 0 else (np.inf if noise == 0 else -np.inf),
        "psnr_db": 10 * np.log10(a.size / noise) if noise > 0 else np.inf,
        "error": float(np.abs(error).max() / max(np.abs(a).max(), 1e-30)) if a.size else 0.0,
    }
