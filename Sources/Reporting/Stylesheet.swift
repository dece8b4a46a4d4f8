/// How a report looks: on any screen, in the dark, and on paper.
enum Stylesheet {
    static let text: StaticString = """

        :root {
          color-scheme: light dark;
          --paper: #fcfbf8; --card: #ffffff; --ink: #1f2328; --soft: #666b73; --line: #e5e2da; --track: #efece5;
          --int8: #2f6f8f; --within: #b4552d; --alone: #7c9db0; --float: #c9a24b; --bare: #dcd8ce; --shade: #1f232833;
          --good: #2c7a4b; --warn: #96690d; --bad: #b03a35;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --paper: #15171a; --card: #1b1e22; --ink: #e4e2dc; --soft: #979ca4; --line: #2c3036; --track: #262a2f;
            --int8: #6cb2d3; --within: #e59062; --alone: #7d93a1; --float: #d3b364; --bare: #3a3f45; --shade: #00000099;
            --good: #6cc08b; --warn: #dcb35a; --bad: #ee8a83;
          }
        }
        *, *::before { box-sizing: border-box; }
        html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
        body {
          margin: 0; background: var(--paper); color: var(--ink);
          font: 16px/1.55 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
          font-variant-numeric: tabular-nums;
        }
        main { max-width: 68rem; margin: 0 auto; padding: clamp(1.25rem, 4vw, 4rem) clamp(1rem, 4vw, 3rem); }
        h1, h2, h3, p, figure, dl, dd { margin: 0; }
        h1 { font-size: clamp(1.5rem, 4.5vw, 2.25rem); line-height: 1.2; letter-spacing: -0.02em; font-weight: 650;
          overflow-wrap: anywhere; }
        h2 { font-size: 1.25rem; line-height: 1.3; letter-spacing: -0.01em; font-weight: 620; }
        h3 { font-size: 0.95rem; font-weight: 620; margin: 2rem 0 0.6rem; }
        section { margin-top: 3.5rem; }
        .lead { color: var(--soft); max-width: 44rem; margin-top: 0.35rem; overflow-wrap: anywhere; }
        .title { display: flex; flex-wrap: wrap; gap: 0.4rem 1rem; align-items: center; }
        .badge { font-size: 0.8rem; font-weight: 650; letter-spacing: 0.06em; padding: 0.2rem 0.7rem; border-radius: 99px;
          border: 1.5px solid currentColor; }
        .good { color: var(--good); } .warn { color: var(--warn); } .bad { color: var(--bad); } .open { color: var(--soft); }
        .sub { color: var(--soft); margin-top: 0.3rem; }
        .message { margin-top: 1rem; padding: 0.7rem 1rem; border-left: 3px solid var(--bad); background: var(--card);
          overflow-wrap: anywhere; }

        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(11rem, 45%), 1fr)); gap: 0.75rem; margin-top: 2rem; }
        .tile { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 0.9rem 1.1rem; }
        .tile .name, .tile .words { color: var(--soft); font-size: 0.85rem; overflow-wrap: anywhere; }
        .tile .value { font-size: 1.75rem; line-height: 1.3; font-weight: 620; letter-spacing: -0.02em; }

        /* Shades at the edges say that there is more; at an end the paper covers them. */
        .scroll { overflow-x: auto; margin-top: 1.1rem;
          background: linear-gradient(to right, var(--paper) 40%, transparent) left, linear-gradient(to left, var(--paper) 40%,
            transparent) right, radial-gradient(farthest-side at 0 50%, var(--shade), transparent) left,
            radial-gradient(farthest-side at 100% 50%, var(--shade), transparent) right;
          background-repeat: no-repeat; background-size: 3rem 100%, 3rem 100%, 0.9rem 100%, 0.9rem 100%;
          background-attachment: local, local, scroll, scroll; }
        table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
        th, td { text-align: right; padding: 0.4rem 0 0.4rem 1.2rem; border-bottom: 1px solid var(--line); white-space: nowrap;
          font-weight: 400; vertical-align: baseline; }
        th:first-child, td:first-child { padding-left: 0; }
        thead th { color: var(--soft); font-size: 0.8rem; }
        tbody th, .word, thead th:first-child, .why { text-align: left; }
        .dense td:first-child, .dense th:first-child, .islands td:first-child { color: var(--soft); }
        tbody th { font-weight: 550; }
        .why { color: var(--soft); white-space: normal; }
        code, .path { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 0.92em; }

        .ribbon { display: flex; flex-wrap: wrap; gap: 2px; margin-top: 1.2rem; }
        .ribbon i { flex: 1 1 6px; min-width: 6px; max-width: 2.4rem; height: 1.6rem; border-radius: 3px; background: var(--bare); }
        .ribbon.many { display: grid; grid-template-columns: repeat(auto-fill, minmax(7px, 1fr)); }
        .ribbon .int8 { background: var(--int8); } .ribbon .float { background: var(--float); }
        .legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.2rem; color: var(--soft); font-size: 0.82rem; margin-top: 0.6rem; }
        .key::before { content: ""; display: inline-block; width: 0.7em; height: 0.7em; border-radius: 2px; margin-right: 0.45em;
          background: var(--bare); }
        .key.int8::before, .key.after::before { background: var(--int8); }
        .key.float::before { background: var(--float); }
        .key.within::before { background: var(--within); border-radius: 50%; }
        .key.alone::before { background: transparent; border: 2px solid var(--alone); border-radius: 50%; }
        .key.solid::before { background: var(--int8); height: 0.45em; width: 1.2em; border-radius: 99px; vertical-align: 0.1em; }
        .key.before::before { background: transparent; height: 0; border-top: 2px solid var(--ink); border-radius: 0;
          vertical-align: 0.25em; }
        .key.clip::before { background: transparent; width: 0; border-left: 2px dashed var(--bad); border-radius: 0; height: 0.9em; }

        figure { margin-top: 2.2rem; }
        figcaption { font-size: 0.9rem; }
        .plot { position: relative; height: 13rem; margin: 1rem 0 0 2.2rem; }
        .plot svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; }
        .plot .rule { position: absolute; left: 0; right: 0; border-top: 1px solid var(--line); }
        .plot .rule span { position: absolute; right: 100%; top: -0.75em; padding-right: 0.6rem; font-size: 0.78rem;
          color: var(--soft); }
        svg path { vector-effect: non-scaling-stroke; fill: none; stroke-linecap: round; }
        .plot .line { stroke: var(--within); stroke-width: 1.5; stroke-linejoin: round; }
        .plot .within { stroke: var(--within); stroke-width: 7; }
        .plot .alone { stroke: var(--alone); stroke-width: 9; }
        .plot .hole { stroke: var(--paper); stroke-width: 5; }

        .sortable { margin-top: 2.4rem; font-size: 0.9rem; }
        .sortable > input { position: absolute; opacity: 0; }
        .sortable > .sort, .sortable > label { display: inline-block; padding: 0.2rem 0; margin-right: 1.1rem; color: var(--soft); }
        .sortable > label { cursor: pointer; border-bottom: 2px solid transparent; }
        .sortable > label:hover { color: var(--ink); }
        .sortable > input:checked + label { color: var(--ink); border-color: var(--int8); }
        .sortable > input:focus-visible + label { outline: 2px solid var(--int8); outline-offset: 3px; border-radius: 2px; }
        .rows { display: grid; margin-top: 0.9rem; }
        .row { display: grid; grid-template-columns: minmax(9rem, 15rem) 1fr 1.15fr; gap: 0 2rem; align-items: center;
          padding: 0.42rem 0; border-bottom: 1px solid var(--line); break-inside: avoid; }
        .weights-only .row { grid-template-columns: minmax(9rem, 18rem) 1fr; }
        .head { color: var(--soft); font-size: 0.8rem; }
        .head .key { margin-right: 0.7rem; }
        .who { overflow-wrap: anywhere; line-height: 1.35; }
        .layer { font-weight: 550; }
        .type { color: var(--soft); font-size: 0.82rem; }
        .bar { display: flex; align-items: center; gap: 0.8rem; min-width: 0; }
        .bar .n { flex: none; min-width: 3rem; text-align: right; }
        .bar .dots + .n { min-width: 6.4rem; }
        .to { color: var(--soft); }
        .track { position: relative; flex: 1; height: 0.55rem; border-radius: 99px; background: var(--track); }
        .track b { position: absolute; inset: 0 auto 0 0; border-radius: 99px; background: var(--int8); }
        .dots { height: 1px; background: var(--line); margin: 0 0.4rem; }
        .dots i { position: absolute; top: -0.32rem; width: 0.66rem; height: 0.66rem; margin-left: -0.33rem; border-radius: 50%; }
        .dots .within { background: var(--within); }
        .dots .alone { background: var(--paper); border: 2px solid var(--alone); }
        .dots em { position: absolute; top: -1px; height: 3px; background: var(--within); opacity: 0.35; }
        #by-weights:checked ~ .rows .row { order: var(--weights-place); }
        #by-alone:checked ~ .rows .row { order: var(--alone-place); }
        #by-within:checked ~ .rows .row { order: var(--within-place); }
        #by-graph:checked ~ .rows .row { order: var(--graph-place); }

        .shapes { display: grid; grid-template-columns: repeat(auto-fill, minmax(15.5rem, 1fr)); gap: 2rem 2.2rem; margin-top: 1.4rem; }
        .shape { margin: 0; break-inside: avoid; min-width: 0; }
        .shape figcaption { overflow-wrap: anywhere; }
        .shape svg { display: block; width: 100%; height: 7rem; margin-top: 0.5rem; border-bottom: 1px solid var(--line); }
        .shape .after { fill: var(--int8); opacity: 0.75; }
        .shape .before { stroke: var(--ink); stroke-width: 1.25; stroke-linejoin: round; }
        .shape .clip { stroke: var(--bad); stroke-width: 1.25; stroke-dasharray: 4 4; stroke-linecap: butt; }
        .shape p { font-size: 0.82rem; color: var(--soft); }
        .scale { position: relative; height: 1.3rem; font-size: 0.75rem; color: var(--soft); }
        .scale span { position: absolute; transform: translateX(-50%); }

        .dense { font-size: 0.78rem; }
        .dense th, .dense td { padding: 0.3rem 0 0.3rem 0.7rem; }
        .dense .notes { white-space: normal; min-width: 12rem; color: var(--soft); }
        .islands td:last-child { white-space: normal; min-width: 14rem; }
        .files code, .files .path { overflow-wrap: anywhere; white-space: normal; }
        .files .path, .files td { color: var(--soft); } .files code { color: var(--ink); }
        .facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1.6rem; font-size: 0.9rem; margin-top: 1rem; }
        .facts dt { color: var(--soft); }
        .facts dd { overflow-wrap: anywhere; }
        h3 + .facts { margin-top: 0; }
        footer { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); font-size: 0.82rem;
          overflow-wrap: anywhere; }

        @media (max-width: 46rem) {
          section { margin-top: 2.75rem; }
          .row, .weights-only .row { grid-template-columns: 1fr; gap: 0.3rem; padding: 0.7rem 0; }
          .head { display: flex; flex-wrap: wrap; gap: 0 1.2rem; }
          .head > :first-child { display: none; }
          .facts { grid-template-columns: 1fr; gap: 0; }
          .facts dd { margin-bottom: 0.5rem; }
          .plot { height: 10rem; }
        }
        @media print {
          :root {
            color-scheme: light;
            --paper: #ffffff; --card: #ffffff; --ink: #000000; --soft: #555555; --line: #d5d5d5; --track: #eeeeee;
            --int8: #2f6f8f; --within: #b4552d; --alone: #7c9db0; --float: #c9a24b; --bare: #dddddd; --shade: transparent;
            --good: #2c7a4b; --warn: #96690d; --bad: #b03a35;
          }
          @page { margin: 16mm 14mm; }
          *, *::before { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
          body { font-size: 10.5pt; }
          main { max-width: none; padding: 0; }
          section { margin-top: 2rem; }
          h2, h3, .lead, .legend, .ribbon { break-after: avoid; break-inside: avoid; }
          .settings { font-size: 8pt; }
          tr, .tile, figure { break-inside: avoid; }
          .scroll { overflow: visible; }
          .dense { font-size: 6.5pt; }
          .dense th, .dense td { padding-left: 0.45rem; white-space: normal; }
          .sortable > label { display: none; }
          .sortable > input:checked + label { display: inline-block; border: 0; }
        }

        """
}
