--- How reports look: on a screen and a phone, light and dark, and on paper.

return [[
:root { --back: #ffffff; --card: #f6f7f9; --text: #1b1f24; --soft: #57606a; --line: #d0d7de; --link: #0058a8;
  --good: #00664b; --bad: #a8200d; --wait: #7a4a00;
  --s0: #0072b2; --s1: #c64f00; --s2: #007a59; --s3: #a8508a; --s4: #8a6000; --s5: #2c7fb0; --s6: #1b1f24; }
@media (prefers-color-scheme: dark) {
  :root { --back: #14171b; --card: #1d2127; --text: #e6e9ed; --soft: #a3adb8; --line: #3a424c; --link: #6cb6ff;
    --good: #3fcf9f; --bad: #ff8a75; --wait: #f0b858;
    --s0: #56b4e9; --s1: #ff8c42; --s2: #33c79a; --s3: #e39ac4; --s4: #e6b84d; --s5: #9ad0f5; --s6: #e6e9ed; }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 72rem; padding: 1.2rem; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0.2rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.2rem 0 0.7rem; padding-bottom: 0.25rem; border-bottom: 1px solid var(--line); }
a { color: var(--link); }
a:focus-visible, button:focus-visible, summary:focus-visible, svg:focus-visible, .scroll:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { position: static; }
nav ul { display: flex; flex-wrap: wrap; gap: 0.2rem 1.1rem; margin: 0.8rem 0 0; padding: 0; list-style: none; }
.soft { color: var(--soft); }
.status { display: inline-block; padding: 0.05rem 0.6rem; border: 2px solid currentColor; border-radius: 1rem; font-weight: 600; font-size: 0.95rem; }
.finished { color: var(--good); }
.failed, .unreadable { color: var(--bad); }
.killed, .interrupted, .running { color: var(--wait); }
.error { white-space: pre-wrap; overflow-wrap: anywhere; border-left: 4px solid var(--bad); padding: 0.4rem 0.8rem; background: var(--card); }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 11rem), 1fr)); gap: 0.7rem 1.4rem; margin: 0.6rem 0; }
dt { color: var(--soft); font-size: 0.85rem; }
dd { margin: 0; overflow-wrap: anywhere; }
.scroll { overflow-x: auto; margin: 0.8rem 0; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.93rem; }
caption { text-align: left; white-space: nowrap; color: var(--soft); padding-bottom: 0.3rem; }
th, td { padding: 0.25rem 0.8rem 0.25rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
.number { text-align: right; white-space: nowrap; }
code, pre, .hash { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 0.85rem; }
.hash { overflow-wrap: anywhere; }
pre { overflow-x: auto; margin: 0.6rem 0; padding: 0.8rem; background: var(--card); border: 1px solid var(--line); border-radius: 0.4rem; line-height: 1.45; tab-size: 2; }
pre.script { counter-reset: line; }
pre.script span { display: block; min-height: 1.45em; }
pre.script span::before { counter-increment: line; content: counter(line); display: inline-block; width: 3.2em; margin-right: 1em;
  text-align: right; color: var(--soft); user-select: none; }
pre.script span:target { background: color-mix(in srgb, var(--link) 25%, transparent); }
summary { cursor: pointer; color: var(--link); margin: 0.4rem 0; }
.charts, .figures { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: 1rem; }
.figures { align-items: start; }
.chart, figure { margin: 0; padding: 0.8rem; border: 1px solid var(--line); border-radius: 0.4rem; background: var(--card); min-width: 0; }
.chart header { display: flex; justify-content: space-between; align-items: baseline; gap: 0.6rem; }
.chart h3 { margin: 0; font-size: 1rem; overflow-wrap: anywhere; }
.chart button { font: inherit; font-size: 0.85rem; color: var(--text); background: var(--back); border: 1px solid var(--soft); border-radius: 0.3rem; padding: 0.1rem 0.5rem; min-height: 1.9rem; cursor: pointer; white-space: nowrap; }
.chart button[aria-pressed="true"] { background: var(--link); border-color: var(--link); color: var(--back); }
.chart svg { display: block; width: 100%; height: auto; touch-action: pan-y; }
.chart text { fill: var(--soft); font-size: 12px; font-family: inherit; }
.chart .axis { stroke: var(--soft); stroke-width: 1; fill: none; }
.chart .grid { stroke: var(--line); stroke-width: 1; }
.chart .series { fill: none; stroke-width: 2; stroke-linejoin: round; }
.chart .band { stroke: none; opacity: 0.22; }
.chart .cross { stroke: var(--soft); stroke-dasharray: 3 3; }
.chart output { display: block; min-height: 1.5em; font-size: 0.88rem; font-variant-numeric: tabular-nums; color: var(--text); overflow-wrap: anywhere; }
.note { margin: 0; font-size: 0.85rem; color: var(--soft); }
.key { display: flex; flex-wrap: wrap; gap: 0 1rem; margin: 0.3rem 0 0; padding: 0; list-style: none; font-size: 0.85rem; overflow-wrap: anywhere; }
.key svg { display: inline-block; width: 26px; height: 10px; margin-right: 0.3rem; vertical-align: middle; }
.c0 { stroke: var(--s0); } .c1 { stroke: var(--s1); } .c2 { stroke: var(--s2); } .c3 { stroke: var(--s3); }
.c4 { stroke: var(--s4); } .c5 { stroke: var(--s5); } .c6 { stroke: var(--s6); }
.b0 { fill: var(--s0); } .b1 { fill: var(--s1); } .b2 { fill: var(--s2); } .b3 { fill: var(--s3); }
.b4 { fill: var(--s4); } .b5 { fill: var(--s5); } .b6 { fill: var(--s6); }
figure img { display: block; max-width: 100%; height: auto; margin: 0 auto; background: #ffffff; border-radius: 0.2rem; }
figcaption { margin-top: 0.4rem; font-size: 0.9rem; color: var(--soft); overflow-wrap: anywhere; }
@media print {
  :root { --back: #ffffff; --card: #ffffff; --text: #000000; --soft: #444444; --line: #bbbbbb; --link: #000000;
    --s0: #0072b2; --s1: #c64f00; --s2: #007a59; --s3: #a8508a; --s4: #8a6000; --s5: #2c7fb0; --s6: #000000; }
  body { max-width: none; padding: 0; font-size: 10pt; }
  nav, button, .skip { display: none; }
  .charts, .figures { display: block; orphans: 1; widows: 1; }
  .chart, figure { display: inline-block; width: 48%; margin: 0 1% 1% 0; vertical-align: top; }
  .chart, figure, tr { break-inside: avoid; }
  h2 { break-after: avoid; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
}
]]
