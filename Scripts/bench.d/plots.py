"""Small plots of growth as SVG, one for light pages and one for dark ones; both axes are logarithmic."""
import math
from html import escape

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 460, 280, 62, 16, 30, 44
THEMES = {
    "light": {"paper": "#ffffff", "ink": "#24292f", "faint": "#d8dee4", "lines": ("#0969da", "#bc4c00", "#1a7f37", "#8250df")},
    "dark": {"paper": "#0d1117", "ink": "#e6edf3", "faint": "#30363d", "lines": ("#58a6ff", "#f0883e", "#3fb950", "#bc8cff")},
}


def slope(points):
    """How many times over y doubles where x doubles, by least squares over the upper half of the points: where it matters
    whether it grows faster than its cause."""
    points = [(math.log(x), math.log(y)) for x, y in sorted(points)][len(points) // 2 - (len(points) < 4):]
    middle_x, middle_y = (sum(axis) / len(points) for axis in zip(*points))
    spread = sum((x - middle_x) ** 2 for x, _ in points)
    return sum((x - middle_x) * (y - middle_y) for x, y in points) / spread if spread else 0.0


def number(value):
    """1000 as 1 k: what fits under a tick."""
    for limit, letter in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= limit:
            return f"{value / limit:g} {letter}"
    return f"{value:g}"


def decades(least, most):
    low, high = math.floor(math.log10(least)), math.ceil(math.log10(most))
    return [10.0 ** power for power in range(low, max(high, low + 1) + 1)]


def svg(title, across, up, series, theme):
    colours = THEMES[theme]
    xs = decades(min(x for points in series.values() for x, _ in points),
                 max(x for points in series.values() for x, _ in points))
    ys = decades(min(y for points in series.values() for _, y in points),
                 max(y for points in series.values() for _, y in points))

    def at(x, y):
        right = math.log10(x / xs[0]) / math.log10(xs[-1] / xs[0])
        above = math.log10(y / ys[0]) / math.log10(ys[-1] / ys[0])
        return LEFT + right * (WIDTH - LEFT - RIGHT), HEIGHT - BOTTOM - above * (HEIGHT - TOP - BOTTOM)

    def text(x, y, words, anchor, extra="", colour=colours["ink"]):
        return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"{extra}>{escape(words)}</text>'

    def line(start, end):
        return (f'<line x1="{start[0]:.1f}" y1="{start[1]:.1f}" x2="{end[0]:.1f}" y2="{end[1]:.1f}" '
                f'stroke="{colours["faint"]}"/>')

    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" '
             f'font-family="system-ui, sans-serif" font-size="11" role="img">', f"<title>{escape(title)}</title>",
             f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{colours["paper"]}"/>',
             text(LEFT, 18, title, "start", ' font-weight="600"')]
    for x in xs:
        parts += [line(at(x, ys[0]), at(x, ys[-1])), text(at(x, ys[0])[0], HEIGHT - BOTTOM + 15, number(x), "middle")]
    for y in ys:
        parts += [line(at(xs[0], y), at(xs[-1], y)), text(LEFT - 6, at(xs[0], y)[1] + 4, number(y), "end")]
    parts += [text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, across, "middle"),
              text(14, (TOP + HEIGHT - BOTTOM) / 2, up, "middle",
                   f' transform="rotate(-90 14 {(TOP + HEIGHT - BOTTOM) / 2:.1f})"')]
    for index, (label, points) in enumerate(series.items()):
        colour = colours["lines"][index % len(colours["lines"])]
        places = [at(x, y) for x, y in sorted(points)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in places]
        parts.append(text(LEFT + 8, TOP + 14 + 15 * index, label, "start", colour=colour))
    return "\n".join([*parts, "</svg>", ""])


class Plot:
    """A plot that is written beside the page, and what the page says to show it."""

    def __init__(self, name, title, across, up, series):
        self.name, self.title, self.facts = name, title, (title, across, up, series)

    def write(self, folder):
        folder.mkdir(parents=True, exist_ok=True)
        for theme in THEMES:
            (folder / f"{self.name}-{theme}.svg").write_text(svg(*self.facts, theme))

    def __str__(self):
        place = f"plots/{self.name}"
        return (f'<picture>\n  <source media="(prefers-color-scheme: dark)" srcset="{place}-dark.svg">\n'
                f'  <img src="{place}-light.svg" alt="{escape(self.title)}">\n</picture>')
