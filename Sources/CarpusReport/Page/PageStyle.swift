/// The page's looks: readable on a screen by day and night, and on paper.
enum PageStyle {
    static let css = """
    :root { color-scheme: light dark; --ink: #1a1d22; --paper: #fff; --soft: #5a6270; --line: #d5d9e0; --band: #f3f5f8;
      --bad: #a3260b; --bad-band: #fdeee9; --look: #7a5200; --look-band: #fff6e0; --link: #0a5fa5; }
    @media (prefers-color-scheme: dark) { :root { --ink: #e6e9ee; --paper: #14171c; --soft: #9aa3b0; --line: #363c46; --band: #1d2229;
      --bad: #ff9c80; --bad-band: #3a1d16; --look: #ffcf70; --look-band: #352a12; --link: #7cc0f5; } }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 72rem; padding: 1.5rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
      font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; }
    h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .25rem; } h2 { font-size: 1.25rem; margin: 2.5rem 0 .75rem; border-bottom: 1px solid var(--line); }
    h3 { font-size: 1.05rem; margin: 1.5rem 0 .5rem; } p { margin: .5rem 0; max-width: 50rem; }
    a { color: var(--link); } nav a { margin-right: 1rem; display: inline-block; }
    .caution { font-weight: 600; } .soft { color: var(--soft); font-weight: normal; }
    dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1.25rem; margin: 1rem 0; } dl.facts dt { color: var(--soft); } dl.facts dd { margin: 0; overflow-wrap: anywhere; }
    .box { border-left: 4px solid var(--line); background: var(--band); padding: .6rem 1rem; margin: .75rem 0; }
    .box.serious, .box.missing { border-color: var(--bad); background: var(--bad-band); } .box.warning { border-color: var(--look); background: var(--look-band); }
    .box ul { margin: .3rem 0; padding-left: 1.2rem; } .box p { margin: .2rem 0; } .word { font-weight: 600; }
    .scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; font-size: .92rem; margin: .25rem 0 1rem; }
    th, td { text-align: left; padding: .3rem .7rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
    th { color: var(--soft); font-weight: 600; } td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
    tr.not-scorable td, tr.failed td { background: var(--bad-band); } tr.review td { background: var(--look-band); }
    td.status { white-space: nowrap; } .not-scorable .status, .failed .status { color: var(--bad); font-weight: 600; } .review .status { color: var(--look); font-weight: 600; }
    summary { cursor: pointer; font-weight: 600; margin: .75rem 0 .25rem; } code { font: .85em/1.4 ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
    figure { margin: 1rem 0 2rem; break-inside: avoid; } figure img { max-width: 100%; height: auto; display: block; } figcaption { margin-top: .5rem; max-width: 50rem; font-size: .92rem; }
    section[id] { scroll-margin-top: 1rem; } tbody th { color: var(--ink); font-weight: normal; } td.review { background: var(--look-band); } td.not-scorable { background: var(--bad-band); }
    :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
    .tools { display: flex; flex-wrap: wrap; gap: .4rem 1.2rem; align-items: center; margin: .5rem 0; font-size: .92rem; } .tools label { display: inline-flex; gap: .4rem; align-items: center; }
    .tools output { font-variant-numeric: tabular-nums; } button, select { font: inherit; color: inherit; background: var(--band); border: 1px solid var(--line); border-radius: .3rem; padding: .15rem .6rem; }
    button[aria-pressed="true"] { background: var(--link); color: var(--paper); border-color: var(--link); } [hidden] { display: none !important; }
    .panes { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); gap: .5rem 1.25rem; } .pane { margin: 0; min-width: 0; } .pane h3 { margin-top: .5rem; } .pane input.slice { width: 11rem; }
    #registration .panes, #progression .panes { grid-template-columns: repeat(auto-fill, minmax(min(26rem, 100%), 1fr)); }
    .pane canvas { display: block; width: 100%; cursor: crosshair; touch-action: pan-y; background: repeating-linear-gradient(135deg, #29333f 0 6px, #3d4a5c 6px 8px); }
    .swatches ul { columns: 14rem; list-style: none; margin: .3rem 0; padding: 0; font-size: .92rem; } .swatch { display: inline-block; width: .9em; height: .9em; margin-right: .5em; border: 1px solid var(--line); vertical-align: -.1em; print-color-adjust: exact; }
    footer { margin-top: 3rem; color: var(--soft); font-size: .9rem; border-top: 1px solid var(--line); padding-top: .75rem; }
    .elsewhere canvas { opacity: .25; }
    @media print { .tools, .keys { display: none; } .pane { break-inside: avoid; } .panes { grid-template-columns: 1fr 1fr 1fr !important; } body { max-width: none; padding: 0; font-size: 10.5pt; } nav { display: none; } h2, h3, summary { break-after: avoid; } tr { break-inside: avoid; }
      details::details-content { content-visibility: visible; display: block; } .scroll { overflow: visible; } figure img { max-height: 22cm; } }
    """
}
