"""Tables and plots, printed and kept in docs/performance.md between its markers."""
import re


class Table:
    """Rows of text under a head; numbers stand right, as in Markdown's `---:`."""

    def __init__(self, *head):
        self.head, self.rows = head, []

    def add(self, *cells):
        self.rows.append([str(cell) for cell in cells])

    def markdown(self):
        widths = [max(len(row[column]) for row in [self.head, *self.rows]) for column in range(len(self.head))]

        def line(cells):
            first = f"{cells[0]:<{widths[0]}}"
            return "| " + " | ".join([first, *(f"{c:>{w}}" for c, w in zip(cells[1:], widths[1:]))]) + " |"

        rule = "| " + " | ".join([widths[0] * "-", *((w - 1) * "-" + ":" for w in widths[1:])]) + " |"
        return "\n".join([line(self.head), rule, *map(line, self.rows)])

    def __str__(self):
        return self.markdown()


class Words:
    """A paragraph."""

    def __init__(self, text):
        self.text = text

    def __str__(self):
        return self.text


def put(page, section, parts):
    """Replaces what stands between the markers of a section."""
    text = page.read_text()
    body = "\n\n".join(map(str, parts))
    pattern = re.compile(rf"(<!-- bench: {section} -->\n).*?(<!-- end -->)", re.DOTALL)
    if not pattern.search(text):
        raise SystemExit(f"{page} has no place for '{section}': <!-- bench: {section} --> … <!-- end -->")
    page.write_text(pattern.sub(lambda found: f"{found[1]}\n{body}\n\n{found[2]}", text))
