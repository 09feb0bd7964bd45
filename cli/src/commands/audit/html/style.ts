/** Colours come twice, for light and for dark; on paper it is light, with bars printed in colour. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --raised: #f5f6f8; --line: #d5d9e0; --text: #1b1f27; --quiet: #596273;
  --good: #1a7346; --bad: #b3261e; --unsure: #8a5a00;
  --m0: #1f4e9e; --m1: #5b9bd5; --m2: #7b4fa3; --m3: #2f8f6b; --m4: #c8451b; --m5: #9aa1ad;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14171c; --raised: #1e2229; --line: #39404c; --text: #e8eaee; --quiet: #a3abb9;
    --good: #62c897; --bad: #ff8a7d; --unsure: #e5b45a;
    --m0: #5f93ea; --m1: #a5cdf2; --m2: #b892dc; --m3: #56bf97; --m4: #ef7a52; --m5: #7b8391;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 76rem; background: var(--ground); color: var(--text);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
h1 { margin: 0; font-size: 1.6rem; }
h2 { margin: 2rem 0 .75rem; font-size: 1.1rem; }
.quiet { color: var(--quiet); } .good { color: var(--good); } .bad { color: var(--bad); } .unsure { color: var(--unsure); }
.tiles { display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0 0; padding: 0; list-style: none; }
.tiles li { min-width: 8.5rem; padding: .6rem .9rem; background: var(--raised); border: 1px solid var(--line); border-radius: 8px; }
.tiles b { display: block; font-size: 1.5rem; line-height: 1.2; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(20rem, 1fr)); gap: 0 2.5rem; align-items: start; }
.chart { display: grid; grid-template-columns: max-content 1fr max-content; gap: .35rem .75rem; align-items: center; }
.chart svg { width: 100%; height: 1rem; display: block; background: var(--raised); border-radius: 3px; }
.chart small { grid-column: 2 / -1; margin-top: -.3rem; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: .75rem 0 0; padding: 0; list-style: none; font-size: .87rem; }
.legend svg { width: .8rem; height: .8rem; margin-right: .35rem; vertical-align: -1px; border-radius: 2px; }
.m0 { fill: var(--m0); } .m1 { fill: var(--m1); } .m2 { fill: var(--m2); }
.m3 { fill: var(--m3); } .m4 { fill: var(--m4); } .m5 { fill: var(--m5); }
form { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; margin-bottom: .75rem; }
input, select { padding: .35rem .5rem; font: inherit; color: inherit; background: var(--ground); border: 1px solid var(--line); border-radius: 6px; }
input { flex: 1 1 14rem; }
table { width: 100%; border-collapse: collapse; font-size: .93rem; }
th, td { padding: .4rem .6rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
/* What may break anywhere asks for no width of its own. */
td:first-child { min-width: 12rem; }
td[data-label=rule], td[data-label=status] { min-width: 9rem; }
td[data-label=region], td[data-label=key] { overflow-wrap: normal; white-space: nowrap; }
.printed { display: none; }
th { background: var(--raised); white-space: nowrap; }
th button { padding: 0; font: inherit; color: inherit; background: none; border: 0; cursor: pointer; }
th[aria-sort=ascending] button::after { content: " \\25B2"; } th[aria-sort=descending] button::after { content: " \\25BC"; }
:focus-visible { outline: 2px solid var(--m0); outline-offset: 2px; }
.good::before { content: "\\2713\\00A0"; } .bad::before { content: "\\2715\\00A0"; } .unsure::before { content: "?\\00A0"; }
@media screen and (max-width: 48rem) {
  body { padding: 1.25rem 1rem 3rem; }
  .charts { grid-template-columns: 1fr; }
  table, tbody, tr, td { display: block; }
  thead { display: none; }
  tr { padding: .6rem 0; border-bottom: 1px solid var(--line); }
  td { display: flex; gap: .75rem; padding: .1rem 0; border: 0; white-space: normal !important; }
  td::before { content: attr(data-label); flex: 0 0 6rem; color: var(--quiet); }
  td:first-child { font-weight: 600; }
  td:first-child::before { font-weight: 400; }
  td:empty { display: none; }
  td > span { min-width: 0; }
}
@media print {
  @page { size: A4 landscape; margin: 12mm; }
  :root {
    color-scheme: light;
    --ground: #ffffff; --raised: #f5f6f8; --line: #b9bfc9; --text: #000000; --quiet: #444b57;
    --good: #1a7346; --bad: #b3261e; --unsure: #8a5a00;
    --m0: #1f4e9e; --m1: #5b9bd5; --m2: #7b4fa3; --m3: #2f8f6b; --m4: #c8451b; --m5: #9aa1ad;
  }
  body { padding: 0; max-width: none; font-size: 9pt; line-height: 1.35; }
  form { display: none; }
  .printed { display: block; }
  table { font-size: 7pt; line-height: 1.25; }
  th, td { padding: .12rem .35rem; }
  svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  thead { display: table-header-group; }
  th button { display: contents; }
  tr, .charts section { break-inside: avoid; }
}
`;
