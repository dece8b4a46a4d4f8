"""What is checked. Each check yields rows for the table: plain values, nothing printed."""
import json
import re
import shutil
import subprocess
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np

import modelfiles
import runtime

SKIPPED, PASSED, FAILED = "skipped", "passed", "FAILED"


@dataclass
class Row:
    check: str
    case: str
    verdict: str = PASSED
    note: str = ""
    int8: int | None = None
    fused: int | None = None
    bytes_before: int | None = None
    bytes_after: int | None = None
    cosine: float | None = None
    sqnr_db: float | None = None
    psnr_db: float | None = None
    error: float | None = None
    extra: dict = field(default_factory=dict)

    def measured(self, figures):
        for key in ("cosine", "sqnr_db", "psnr_db", "error"):
            setattr(self, key, figures[key])
        if not figures["finite"]:
            self.fail("the output is not finite")
        return self

    def fail(self, note):
        self.verdict = FAILED
        self.note = f"{self.note}; {note}" if self.note else note
        return self

    def fail_below(self, name, floor):
        value = getattr(self, name)
        if not value >= floor:
            self.fail(f"{name} is {value:.6g}, wanted at least {floor}")

    def value(self):
        return asdict(self)


@dataclass
class RealModel:
    """A trained model in a wheel: where it lies, the SHA-256 of its .bin, the side of its test images, and the least
    cosine and PSNR (dB, peak 1) that its int8 twin must reach. The floors leave some room below what is measured: a
    wrong scale, a lost bias or a shifted array costs far more."""
    wheel: str
    stem: str
    sha256: str
    side: int
    cosine: float
    psnr_db: float

    @property
    def name(self):
        folder, _, file = self.stem.rpartition("/")
        return f"{folder.removeprefix('models-')}/{file}" if folder.startswith("models-") else file


class Quantctl:
    def __init__(self, path, seconds):
        self.path, self.seconds = str(path), seconds

    def __call__(self, *arguments):
        """Exit code and what was said, in one line."""
        try:
            done = subprocess.run([self.path, *map(str, arguments)], stdin=subprocess.DEVNULL, capture_output=True,
                                  text=True, errors="replace", timeout=self.seconds)
        except subprocess.TimeoutExpired:
            return -1, f"quantctl {arguments[0]} took more than {self.seconds} s"
        return done.returncode, " / ".join((done.stderr.strip() or done.stdout.strip()).split("\n"))

    def quantize(self, source, target, table, storage):
        tables = [table] if table else []
        return self("quantize", f"{source}.param", f"{source}.bin", f"{target}.param", f"{target}.bin", *tables,
                    "--float-storage", storage)

    @property
    def version(self):
        return self("--version")[1]

    @property
    def can_infer(self):
        code, words = self("infer", "--help")
        return code == 0 and "--inputs" in words

    def infer(self, stem, inputs, blobs, folder):
        """The blobs as our own engine computes them, or the words with which it declines."""
        shutil.rmtree(folder, ignore_errors=True)
        given, made = Path(folder, "in"), Path(folder, "out")
        given.mkdir(parents=True)
        for name, array in inputs.items():
            np.save(given / f"{name}.npy", array)
        wanted = [word for blob in blobs for word in ("--blob", blob)]
        code, words = self("infer", f"{stem}.param", f"{stem}.bin", "--inputs", given, "--outputs", made, *wanted)
        if code != 0:
            return None, f"exit {code}: {words}"
        return {blob: np.load(made / f"{blob}.npy") for blob in blobs}, ""


def ends(layers):
    """The input blobs of a model and the blobs that nobody reads."""
    read = {blob for layer in layers for blob in layer.bottoms}
    return ([top for layer in layers if layer.type == "Input" for top in layer.tops],
            [top for layer in layers for top in layer.tops if top not in read])


def calibrated(stem, layers, arrays, pictures, source):
    """The script's own table: weight scales from the weights, activation scales from what the runtime computes."""
    rows = modelfiles.weight_rows(layers, arrays)
    weighted = [layer for layer in layers if f"{layer.name}_param_0" in rows]
    blobs = list(dict.fromkeys(layer.bottoms[0] for layer in weighted))
    model, top = runtime.Model(f"{stem}.param", f"{stem}.bin", keep_blobs=True), dict.fromkeys(blobs, 0.0)
    for picture in pictures:
        for blob, values in model.run({source: picture}, blobs).items():
            top[blob] = max(top[blob], float(np.abs(values).max()))
    for layer in weighted:
        rows[layer.name] = np.array([127 / top[layer.bottoms[0]] if top[layer.bottoms[0]] > 0 else 1], np.float32)
    return rows


def real_model(model, stem, quantctl, folder):
    """A trained model: its table, both twins, what they lost, and how far they are from the float model."""
    text, data = Path(f"{stem}.param").read_text(), Path(f"{stem}.bin").read_bytes()
    _, layers = modelfiles.read_param(text)
    arrays = modelfiles.read_bin(layers, data)
    (source,), outputs = ends(layers)
    rows = calibrated(stem, layers, arrays, runtime.images(1, 3, model.side), source)
    table = Path(folder, "own.table")
    modelfiles.write_table(table, rows)
    held_out = runtime.images(2, 2, model.side)
    floating = runtime.Model(f"{stem}.param", f"{stem}.bin")
    wanted = [floating.run({source: picture}, outputs) for picture in held_out]

    for storage in ("keep", "fp16"):
        row = Row(f"real, {storage}", model.name, bytes_before=len(data))
        twin = Path(folder, f"{storage}-int8")
        code, words = quantctl.quantize(stem, twin, table, storage)
        if code != 0:
            yield row.fail(f"quantize exits {code}: {words}")
            continue
        new_text, new_data = Path(f"{twin}.param").read_text(), Path(f"{twin}.bin").read_bytes()
        _, new_layers = modelfiles.read_param(new_text)
        new_arrays = modelfiles.read_bin(new_layers, new_data)
        row.bytes_after = len(new_data)
        row.int8, row.fused = modelfiles.int8_layers(new_layers)
        left = [layer.name for layer in new_layers if f"{layer.name}_param_0" in rows and not layer.term]
        faults = [f"{len(left)} layers with full table rows stayed float, first {left[0]}"] if left else []
        faults += modelfiles.changed_tokens(text, new_text)
        faults += modelfiles.lost_or_wrong(layers, arrays, new_layers, new_arrays, rows, storage)
        if faults:
            row.fail(f"{faults[0]}" + (f" and {len(faults) - 1} more" if len(faults) > 1 else ""))
        row.extra = {"image_side": model.side, "faults": faults, "arrays_compared": len(new_arrays)}
        try:
            int8 = runtime.Model(f"{twin}.param", f"{twin}.bin")
            found = [int8.run({source: picture}, outputs) for picture in held_out]
        except runtime.Failed as problem:
            yield row.fail(str(problem))
            continue
        row.measured(runtime.measures([a[b] for a in wanted for b in outputs], [a[b] for a in found for b in outputs]))
        row.fail_below("cosine", model.cosine)
        row.fail_below("psnr_db", model.psnr_db)
        if row.error == 0:
            row.fail("the int8 twin computes exactly what the float model does: nothing ran as int8")
        yield row


def real_model_inferred(model, stem, quantctl, folder):
    """Our own engine on both twins of a trained model, against the runtime on the same files."""
    _, layers = modelfiles.read_param(Path(f"{stem}.param").read_text())
    arrays = modelfiles.read_bin(layers, Path(f"{stem}.bin").read_bytes())
    (source,), outputs = ends(layers)
    rows = calibrated(stem, layers, arrays, runtime.images(1, 3, model.side), source)
    modelfiles.write_table(Path(folder, "own.table"), rows)
    code, words = quantctl.quantize(stem, Path(folder, "twin"), Path(folder, "own.table"), "keep")
    if code != 0:
        yield Row("infer int8", model.name).fail(f"quantize exits {code}: {words}")
    picture = runtime.images(2, 1, 32)[0]
    for kind, files in (("float", stem), ("int8", Path(folder, "twin"))):
        if kind == "float" or code == 0:
            yield inferred(kind, model.name, files, {source: picture}, outputs, quantctl, folder)


PIXELS = {"rgb": 3, "bgr": 3, "gray": 1, "rgba": 4, "bgra": 4}


def image_inputs(quantctl, folder):
    """PNG files as quantctl gives them to a model, against from_pixels_resize and substract_mean_normalize of the runtime:
    equal to the bit, but for the last rounding on processors without fused multiplication and addition."""
    random = np.random.default_rng(20261123)
    Path(folder, "in").mkdir()
    stem = Path(folder, "input")
    stem.with_suffix(".param").write_text("7767517\n1 1\nInput in0 0 1 in0\n")
    stem.with_suffix(".bin").touch()
    rows = {kind: Row(f"images, {kind}", "from_pixels_resize") for kind in ("pixels", "mean and norm")}
    done = dict.fromkeys(rows, 0)
    for number in range(150):
        # Up and down, the same size, odd and even, and edges of one pixel.
        width, height, w, h = (int(side) for side in np.where(random.random(4) < 0.2, 1, random.integers(1, 70, 4)))
        if number % 9 == 0:
            w, h = width, height
        pixel = list(PIXELS)[number % 5]
        alpha = PIXELS[pixel] == 4 and number // 10 % 2 == 0
        picture = random.integers(0, 256, (height, width, 4 if alpha else 3), dtype=np.uint8)
        kind = list(rows)[number // 5 % 2]
        mean, norm = ([0] * PIXELS[pixel], [1] * PIXELS[pixel]) if kind == "pixels" else (
            random.uniform(0, 255, PIXELS[pixel]).round(3).tolist(), random.uniform(1e-3, 2, PIXELS[pixel]).round(6).tolist())
        Path(folder, "in", "in0.png").write_bytes(runtime.png(picture))
        stem.with_suffix(".toml").write_text(
            f"[images]\nshape = [{w}, {h}]\npixel = '{pixel}'\nmean = {mean}\nnorm = {norm}\n")
        code, words = quantctl("infer", stem.with_suffix(".param"), stem.with_suffix(".bin"), "--settings",
                               stem.with_suffix(".toml"), "--inputs", Path(folder, "in"), "--outputs", Path(folder, "out"))
        if code != 0:
            rows[kind].fail(f"exit {code}: {words}")
            continue
        wanted = runtime.from_pixels(picture, pixel, w, h, mean, norm)
        found = np.load(Path(folder, "out", "in0.npy"))
        differing = int((found != wanted).sum()) if found.shape == wanted.shape else wanted.size
        if differing and (kind == "pixels" or runtime.has_fused_multiplication() or np.abs(found - wanted).max() > 1e-4):
            rows[kind].fail(f"{width}x{height} to {w}x{h} {pixel}: {differing} of {wanted.size} values differ")
        done[kind] += differing == 0
    for kind, row in rows.items():
        row.note = row.note or f"{done[kind]} images of 1x1 to 69x69 pixels equal to the bit"
    yield from rows.values()


# How far our engine may be from the runtime on the same files. Float: other orders of summation. Int8: 32-bit sums are
# exact, but a float that falls on the other side of a half before it is quantized moves a value by one step. The
# runtime helps that along: its depth-wise int8 kernel for eight channels takes an unrefined reciprocal of 12 bits
# (_mm_rcp_ps in ncnn src/layer/x86/convolutiondepthwise_x86.cpp at a4d2ea1d).
INFER_ERROR = {"float": 1e-3, "int8": 0.1}
INFER_COSINE = {"float": 0.99999, "int8": 0.999}


def inferred(kind, case, stem, inputs, outputs, quantctl, folder, wanted=None):
    row = Row(f"infer {kind}", case)
    try:
        wanted = wanted or runtime.Model(f"{stem}.param", f"{stem}.bin").run(inputs, outputs)
    except runtime.Failed as problem:
        row.verdict, row.note = SKIPPED, f"the runtime itself {problem}"
        return row
    found, words = quantctl.infer(stem, inputs, outputs, Path(folder, "infer"))
    if found is None:
        if "no operator for layer type" in words:
            row.verdict, row.note = SKIPPED, words[words.index("no operator"):]
            return row
        if case in INFER_REFUSES:
            row.note = f"refused as documented: {words.removeprefix('quantctl: ')}"
            return row
        return row.fail(words)
    for blob in outputs:
        if found[blob].shape != wanted[blob].shape:
            return row.fail(f"{blob} has shape {found[blob].shape}, wanted {wanted[blob].shape}")
    each = {blob: runtime.measures([wanted[blob]], [found[blob]]) for blob in outputs}
    row.measured(runtime.measures(list(wanted.values()), [found[blob] for blob in wanted]))
    row.cosine, row.error = min(e["cosine"] for e in each.values()), max(e["error"] for e in each.values())
    row.psnr_db = None
    row.fail_below("cosine", INFER_COSINE[kind])
    if row.error > INFER_ERROR[kind]:
        row.fail(f"the greatest error is {row.error:.3g} of the greatest value, wanted at most {INFER_ERROR[kind]}")
    if row.verdict == FAILED:
        row.note += f" (worst blob {min(each, key=lambda b: each[b]['cosine'])})"
    return row


def documented(page):
    """The golden cases that docs/compatibility.md names: those that come out otherwise, and whether one is refused."""
    departs, _, refused = page.partition("## What is refused")
    cells = [line.split("|")[-2] for line in departs.split("\n") if line.startswith("| ")]
    named, _, passing = refused.partition("Golden cases:")[2].partition("\n\n")
    patterns = "|".join(name.replace("*", ".*") for name in re.findall(r"`([\w-]+\*?)`", named))
    passing = set(re.findall(r"`([\w-]+)`", passing))
    return ({name for cell in cells for name in re.findall(r"`([\w-]+)`", cell)},
            lambda name: name not in passing and re.fullmatch(patterns, name) is not None)


@dataclass
class Golden:
    """A golden case as it lies in the checkout."""
    folder: Path
    facts: dict

    @classmethod
    def all(cls, place):
        return [cls(path.parent, json.loads(path.read_text())) for path in sorted(place.glob("*/case.json"))]

    @property
    def name(self):
        return self.folder.name

    @property
    def stem(self):
        return self.folder / "model"

    @property
    def table(self):
        return self.folder / "model.table" if (self.folder / "model.table").exists() else None

    @property
    def inputs(self):
        """Name to array, without a batch; None where the case brings many samples instead."""
        if "inputs" in self.facts:
            return {entry["blob"]: np.load(self.folder / entry["file"]) for entry in self.facts["inputs"]}
        return None

    def recorded(self, kind):
        return {path.stem.removeprefix(f"out-{kind}-"): np.load(path)
                for path in sorted(self.folder.glob(f"out-{kind}-*.npy"))}


# The same files in the same runtime give the same figures, but for another processor's order of summation. Where a
# value is quantized while running (requantize, recurrent layers, Gemm, attention) that can move it by a step or so.
EXACT_ERROR, STEP_ERROR, STEP_COSINE = 1e-4, 0.02, 0.9995
# Where we depart from upstream on purpose, a blob must be as near to the float model as upstream's, give or take luck,
# or, where upstream left more layers float, as near as sound int8 is.
DEPARTURE_SQNR = 25
# An integer token for a float param: upstream's tool writes its bits as a float, our text stays, and the runtime takes
# it for the number.
READ_OTHERWISE = {("param-kinds", "y1")}
# A text where a number is wanted; docs/compatibility.md says that running it is refused.
INFER_REFUSES = {"param-digits"}


def golden(case, departs, refused, can_infer, quantctl, folder):
    """A golden case: our twin in the runtime against what the runtime gave for upstream's twin, then our engine."""
    recorded, floats = case.recorded("int8"), case.recorded("fp32")
    row, twin = Row("golden", case.name), Path(folder, "twin")
    code, words = quantctl.quantize(case.stem, twin, case.table, "fp16")
    if refused(case.name):
        row.note = f"refused: {words.removeprefix('quantctl: ')}"
        if code != 1 or list(Path(folder).glob("twin*")):
            row.note = ""
            row.fail(f"documented as refused, wanted exit 1 and no files, found exit {code}")
    elif code != 0:
        row.fail(f"quantize exits {code}: {words}")
    elif not recorded:
        row.verdict = SKIPPED
        row.note = "quantizes, but " + ("no int8 output is recorded" if floats else "no output is recorded")
    else:
        row.bytes_before = Path(f"{case.stem}.bin").stat().st_size
        row.bytes_after = Path(f"{twin}.bin").stat().st_size
        row.int8, row.fused = modelfiles.int8_layers(modelfiles.read_param(Path(f"{twin}.param").read_text())[1])
        try:
            compare_golden(row, case, twin, recorded, floats, departs)
        except runtime.Failed as problem:
            row.fail(str(problem))
    yield row
    outputs = list(floats or recorded)
    if case.inputs is None or not can_infer or not outputs:
        return
    yield inferred("float", case.name, case.stem, case.inputs, outputs, quantctl, folder)
    if code == 0:
        yield inferred("int8", case.name, twin, case.inputs, outputs, quantctl, folder)


def compare_golden(row, case, twin, recorded, floats, departs):
    model = runtime.Model(f"{twin}.param", f"{twin}.bin")
    if case.inputs is None:
        source, samples = case.facts["input_blob"], np.load(case.folder / "eval-x.npy")
        (blob,) = recorded
        found = {blob: np.stack([model.run({source: sample}, [blob])[blob] for sample in samples])}
    else:
        found = model.run(case.inputs, list(recorded))
    each, notes, recorded = {}, [], dict(recorded)
    for blob, reference in list(recorded.items()):
        if case.name in departs and not np.isfinite(floats[blob]).all():
            # Upstream turns NaN weights into -127; ours stay, so the figures must be as the float twin's, not finite.
            reference = recorded[blob] = np.where(np.isfinite(floats[blob]), reference, np.nan)
            notes.append(f"{blob} has {np.isnan(reference).sum()} values that are not finite, like its float twin")
        each[blob] = runtime.measures([reference], [found[blob]])
        cosine, error = each[blob]["cosine"], each[blob]["error"]
        if error <= EXACT_ERROR:
            continue
        if case.name in departs or (case.name, blob) in READ_OTHERWISE:
            ours = runtime.measures([floats[blob]], [found[blob]])["sqnr_db"]
            theirs = runtime.measures([floats[blob]], [reference])["sqnr_db"]
            notes.append(f"{blob} departs, to float {theirs:.1f} → {ours:.1f} dB")
            if not ours >= min(theirs - 0.5, DEPARTURE_SQNR):
                row.fail(f"that is less than {DEPARTURE_SQNR} dB and less than upstream's")
        elif error <= STEP_ERROR and cosine >= STEP_COSINE:
            notes.append(f"{blob} differs by less than a step")
        else:
            row.fail(f"{blob} is not what upstream's twin gives: cosine {cosine:.6f}, greatest error {error:.3g}")
    row.measured(runtime.measures(list(recorded.values()), [found[blob] for blob in recorded]))
    row.cosine, row.error = min(e["cosine"] for e in each.values()), max(e["error"] for e in each.values())
    row.psnr_db = None
    row.extra = {"outputs": each, "notes": notes}
    if notes and row.verdict == PASSED:
        row.note = notes[0] + (f" and {len(notes) - 1} more" if len(notes) > 1 else "")


def digits(case, can_infer, quantctl, folder):
    """Top-1 on 360 held-out digits, float and int8, in the runtime and, on a part of them, in our own engine."""
    samples, labels = np.load(case.folder / "eval-x.npy"), np.load(case.folder / "eval-y.npy")
    _, layers = modelfiles.read_param(Path(f"{case.stem}.param").read_text())
    (source,), (output,) = ends(layers)
    stems = [("float", case.stem, None)]
    for table in sorted(case.folder.glob("*.table")):
        twin = Path(folder, table.name.removesuffix(".table"))
        row = Row("top-1", f"{case.name}, {table.name}")
        code, words = quantctl.quantize(case.stem, twin, table, "keep")
        if code == 0:
            stems.append((table.name, twin, row))
        else:
            yield row.fail(f"quantize exits {code}: {words}")
    float_scores = None
    for name, stem, row in stems:
        model = runtime.Model(f"{stem}.param", f"{stem}.bin")
        scores = np.stack([model.run({source: sample}, [output])[output].ravel() for sample in samples])
        right = scores.argmax(axis=1) == labels
        if row is None:
            float_scores, float_right = scores, right
            continue
        row.measured(runtime.measures([float_scores], [scores]))
        row.psnr_db = None
        row.note = f"top-1 {100 * float_right.mean():.2f} % → {100 * right.mean():.2f} %"
        row.extra = {"top1_float": float(float_right.mean()), "top1_int8": float(right.mean()), "n": len(labels)}
        drop = int(float_right.sum()) - int(right.sum())
        if name.startswith("bad"):
            if drop < len(labels) // 2:
                row.fail("the table that must ruin this model does not")
        elif drop > 4:
            row.fail(f"{drop} of {len(labels)} images are lost")
        yield row
        if can_infer:
            mine = Row("infer top-1", row.case)
            part = range(0, len(samples), 15)
            pairs = [quantctl.infer(stem, {source: samples[i]}, [output], Path(folder, "infer")) for i in part]
            wrong = [words for found, words in pairs if found is None]
            if wrong:
                yield mine.fail(wrong[0])
                continue
            found = np.stack([values[output].ravel() for values, _ in pairs])
            mine.measured(runtime.measures([scores[list(part)]], [found]))
            mine.psnr_db = None
            same = int((found.argmax(axis=1) == scores[list(part)].argmax(axis=1)).sum())
            mine.note = f"same top-1 as the runtime on {same} of {len(part)} images"
            mine.fail_below("cosine", INFER_COSINE["int8"])
            if len(part) - same > 1:
                mine.fail("more than one image apart")
            yield mine
