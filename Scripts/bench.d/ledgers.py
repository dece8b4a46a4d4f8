"""Every question of quantctl against ledgers that grow."""
import importlib.machinery
import importlib.util

from measuring import Spread, in_turn, run
from page import Table, Words
from plots import Plot, slope


def ledger_bench(bench):
    """Scripts/ledger-bench as a module: it makes the ledgers and knows the questions."""
    loader = importlib.machinery.SourceFileLoader("ledger_bench", str(bench.root / "Scripts/ledger-bench"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def section(bench):
    maker = ledger_bench(bench)
    counts = [1000, 10_000] if bench.quick else [1000, 10_000, 100_000, 1_000_000]
    times = {}
    for count in counts:
        folder = bench.cache / f"ledger-{count}"
        models = max(20, count // 50)
        if not (folder / "complete").exists():
            bench.say(f"making a ledger of {count:,} runs")
            folder.mkdir(parents=True, exist_ok=True)
            maker.fill(maker.empty_ledger(folder, bench.products), maker.Runs(count, models, 11))
            (folder / "complete").touch()
        bench.say(f"asking a ledger of {count:,} runs")
        # What doctor says depends on the machine.
        tasks = {name: lambda arguments=arguments: run(
                     bench.quantctl, *arguments, "--state", folder,
                     fails=None if arguments == ["doctor"] else arguments[-1].endswith("x"))
                 for name, arguments in maker.questions(count, models).items()}
        for name, costs in in_turn(tasks, max(3, bench.rounds // 2)).items():
            times.setdefault(name, []).append((count, Spread([cost.seconds for cost in costs]).median * 1000))
    start = Spread([run(bench.quantctl, "--version").seconds for _ in range(bench.rounds)]).median * 1000
    table = Table("ms, medians", *(f"{count:,} runs" for count in counts))
    for name, points in times.items():
        table.add(name, *(f"{milliseconds:.0f}" for _, milliseconds in points))
    slowest = max(times, key=lambda name: times[name][-1][1])
    words = Words(f"Of each, {start:.0f} ms are the start of the program (`quantctl --version`). "
                  f"The slowest at {counts[-1]:,} runs is `{slowest}`, slope {slope(times[slowest]):.2f}.")
    shown = ("status", "history", "history PATTERN, many", "show RUN")
    return [table, words, Plot("ledger", "Runs in the ledger", "runs", "ms", {name: times[name] for name in shown})]
