"""How the report's page looks: light and dark, on a phone and on paper."""

STYLE = """
:root {
  color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --text: #1b2430; --muted: #5a6675; --line: #dde2e8; --soft: #eef1f5;
  --accent: #2459c4; --s0: #2f6fde; --s1: #e0761b; --s2: #12906c; --s3: #b04fb8; --s4: #8a6d1d; --s5: #5b6b7f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #12161c; --card: #1a2028; --text: #e7ecf2; --muted: #a0acba; --line: #303946; --soft: #232b35;
    --accent: #86aeff; --s0: #6c9dff; --s1: #f29a4a; --s2: #43c49c; --s3: #d68ade; --s4: #cdb156; --s5: #9fb0c4;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--page); color: var(--text);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
}
main, header, footer { max-width: 1180px; margin: 0 auto; padding: 0 20px; }
header { padding-top: 36px; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 6px; letter-spacing: -0.015em; }
h2 { font-size: 1.25rem; margin: 44px 0 12px; letter-spacing: -0.01em; }
h3 { font-size: 1.05rem; margin: 0; }
p { margin: 6px 0; }
.muted, figcaption, caption, .note { color: var(--muted); }
.note, figcaption, caption { font-size: 0.86rem; }
caption { text-align: left; padding-bottom: 6px; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 18px 20px; }
.grid {
  display: grid; gap: 18px; align-items: start;
  grid-template-columns: repeat(auto-fill, minmax(min(100%, 440px), 1fr));
}
.runs {
  display: grid; gap: 18px; margin: 22px 0;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 300px), 1fr));
}
.card + .card, .grid + .card { margin-top: 18px; } .grid > .card, .runs > .card { margin-top: 0; }
.big { font-size: 2.3rem; font-weight: 650; line-height: 1.15; letter-spacing: -0.02em; }
.big small { font-size: 0.9rem; font-weight: 400; color: var(--muted); letter-spacing: 0; }
.dot { display: inline-block; width: 0.72em; height: 0.72em; border-radius: 3px; margin-right: 0.45em; }
.dot.s0 { background: var(--s0); } .dot.s1 { background: var(--s1); } .dot.s2 { background: var(--s2); }
.dot.s3 { background: var(--s3); } .dot.s4 { background: var(--s4); } .dot.s5 { background: var(--s5); }
dl.facts { display: grid; grid-template-columns: max-content 1fr; gap: 2px 14px; margin: 10px 0 0; font-size: 0.92rem; }
dl.facts dt { color: var(--muted); } dl.facts dd { margin: 0; overflow-wrap: anywhere; }
ul { padding-left: 1.2em; margin: 8px 0; } li { margin: 3px 0; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; font-size: 0.92rem; margin: 6px 0 10px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; width: 100%; }
th, td { padding: 5px 9px; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; position: sticky; left: 0; background: var(--card); }
td.words, th.words { text-align: left; }
thead th { font-weight: 600; color: var(--muted); border-bottom: 2px solid var(--line); }
tbody th { font-weight: 600; }
tbody tr:has(+ tr.spread) > * { border-bottom: 0; padding-bottom: 0; }
tr.spread td, tr.spread th { color: var(--muted); font-weight: 400; font-size: 0.82rem; padding-top: 0; }
tr.own td, tr.own th { background: var(--soft); font-weight: 600; }
details { margin-top: 10px; } summary { cursor: pointer; color: var(--accent); font-size: 0.92rem; }
details > .scroll { margin-top: 8px; }
.task > header { padding: 0; display: flex; flex-wrap: wrap; justify-content: space-between; gap: 2px 16px; }
figure { margin: 12px 0 0; }
svg.chart { display: block; width: 100%; max-width: 520px; height: auto; font: 11px system-ui, sans-serif; }
.chart text { fill: var(--text); } .chart .dim { fill: var(--muted); } .chart .axis { stroke: var(--line); }
.chart .strong { font-weight: 650; } .chart .value { font-size: 10px; font-variant-numeric: tabular-nums; }
.chart .whisker { stroke: var(--text); stroke-width: 1; opacity: 0.75; }
.chart .s0 { fill: var(--s0); stroke: var(--s0); } .chart .s1 { fill: var(--s1); stroke: var(--s1); }
.chart .s2 { fill: var(--s2); stroke: var(--s2); } .chart .s3 { fill: var(--s3); stroke: var(--s3); }
.chart .s4 { fill: var(--s4); stroke: var(--s4); } .chart .s5 { fill: var(--s5); stroke: var(--s5); }
.chart rect { stroke: none; } .chart .hollow { fill: var(--card); stroke-width: 2; } .chart .span { stroke-width: 3; }
fieldset { border: 0; padding: 0; margin: 22px 0 4px; display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
fieldset legend { float: left; padding: 0; margin-right: 4px; color: var(--muted); }
fieldset input { position: absolute; opacity: 0; }
fieldset label {
  border: 1px solid var(--line); background: var(--card); border-radius: 99px; padding: 4px 16px; cursor: pointer;
}
fieldset input:checked + label { background: var(--accent); border-color: var(--accent); color: var(--card); }
fieldset input:focus-visible + label { outline: 3px solid var(--s1); outline-offset: 2px; }
body:has(#sane:checked) .only-xtreme, body:has(#xtreme:checked) .only-sane { display: none; }
footer { padding: 30px 20px 50px; font-size: 0.88rem; color: var(--muted); }
@media (max-width: 560px) {
  main, header, footer { padding-left: 12px; padding-right: 12px; }
  .card { padding: 14px 12px; border-radius: 10px; } h1 { font-size: 1.5rem; }
}
@media print { body { background: #fff; } .card { break-inside: avoid; } fieldset { display: none; } }
"""
