import { createHash } from "node:crypto";
import { linesOf, toneOf, type Cell } from "../../../output/document";
import { percentOf, type Audit, type AuditedBucket } from "../audit";
import { provenanceLines } from "../provenance";
import { auditTable, countsOf, heading, notes, statusTexts } from "../report";
import { byMethod, byRegion, methodOf, methods, type Bar, type Method } from "./shares";
import { script } from "./script";
import { style } from "./style";

/** An audit as one page that needs nothing but itself: for auditors, to be kept and printed. */
export function auditPage(audit: Audit): string {
  const { buckets, require } = audit;
  const regions = byRegion(buckets);
  const used = methods.filter((method) => buckets.some((one) => methodOf(one) === method));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src '${hash(style)}'; script-src '${hash(script)}'">
<title>Default encryption of OSS buckets</title>
<style>${style}</style>
</head>
<body>
<h1>Default encryption of OSS buckets</h1>
<p class="quiet">${escape({ lines: [...provenanceLines(audit), `Required: ${require}.`] })}</p>
<p>${escape(heading(audit))}</p>
<ul class="tiles">
${tiles(buckets)}
</ul>
${notes(audit)
  .map((note) => `<p>${inTone(note)}</p>`)
  .join("\n")}
${buckets.length > 0 ? charts(buckets, regions, used) : ""}
<h2>Buckets</h2>
<form hidden>
<input name="text" type="search" placeholder="Filter by any text" aria-label="Filter by any text">
${select(
  "status",
  "statuses",
  statuses(buckets).map(([status]) => [status, statusTexts[status].text]),
)}
${select(
  "method",
  "methods",
  used.map((method) => [method, method]),
)}
${select(
  "region",
  "regions",
  regions.map(({ label }) => [label, label]),
)}
<output class="quiet"></output>
</form>
<p class="printed" id="filtered" hidden></p>
${table(buckets)}
<p class="quiet">A default rule is for objects that are uploaded after it was set. Objects that were there before keep the encryption they have.</p>
<script>${script}</script>
</body>
</html>
`;
}

const escape = (cell: Cell) =>
  linesOf(cell)
    .map((line) => line.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`))
    .join("<br>");

/** Lets the browser run this very text, and nothing that a name might have smuggled in. */
const hash = (text: string) => `sha256-${createHash("sha256").update(text).digest("base64")}`;

const inTone = (cell: Cell) => {
  const tone = toneOf(cell);
  return tone === undefined ? escape(cell) : `<span class="${tone}">${escape(cell)}</span>`;
};

const statuses = (buckets: readonly AuditedBucket[]) => countsOf(buckets).filter(([, count]) => count > 0);

/** The shares by method and by region, with what the colours mean. */
function charts(buckets: readonly AuditedBucket[], regions: readonly Bar[], used: readonly Method[]): string {
  const sum = regions.reduce((all, { total }) => all + total, 0);
  const most = Math.max(0, ...regions.map(({ total }) => total));
  const legend = used.map((method) => `<li>${svg("0 0 1 1", rect(method, 0, 1))}${method}</li>`);
  return `<div class="charts">
<section><h2>By method</h2>${chart(byMethod(buckets), sum, sum)}</section>
<section><h2>By region</h2>${chart(regions, most, sum)}
<ul class="legend">${legend.join("")}</ul></section>
</div>`;
}

/** Green stands for something that was looked at: where there is nothing, there is no such tile. */
function tiles(buckets: readonly AuditedBucket[]): string {
  const tile = (count: number, cell: Cell) => `<li><b>${count}</b>${inTone(cell)}</li>`;
  if (buckets.length === 0) return tile(0, { text: "buckets", tone: "quiet" });
  return statuses(buckets)
    .map(([status, count]) => tile(count, statusTexts[status]))
    .join("\n");
}

const svg = (viewBox: string, content: string) =>
  `<svg viewBox="${viewBox}" preserveAspectRatio="none" aria-hidden="true">${content}</svg>`;

const rect = (method: (typeof methods)[number], x: number, width: number) =>
  `<rect class="m${methods.indexOf(method)}" x="${x}" width="${width}" height="1"></rect>`;

/** Bars whose full width stands for `most` of `sum` buckets; what their colours show is below them in words. */
function chart(bars: readonly Bar[], most: number, sum: number): string {
  const rows = bars.map(({ label, total, parts }) => {
    let x = 0;
    const rects = parts.map(({ method, count }) => rect(method, (x += count) - count, count));
    const percent = percentOf(total, sum);
    // A bar that is there stands for some bucket.
    const number = `${total} (${percent > 0 ? percent : "&lt; 0.1"} %)`;
    const shares = label === parts[0]?.method ? "" : parts.map(({ method, count }) => `${count} ${method}`);
    return (
      `<span>${escape(label)}</span>${svg(`0 0 ${most} 1`, rects.join(""))}<span class="number">${number}</span>` +
      (shares && `<small class="quiet">${shares.join(", ")}</small>`)
    );
  });
  return `<div class="chart">${rows.join("\n")}</div>`;
}

function select(name: string, what: string, options: [value: string, text: string][]): string {
  const all = [["", `all ${what}`], ...options] as const;
  const items = all.map(([value, text]) => `<option value="${escape(value)}">${escape(text)}</option>`);
  return `<select name="${name}" aria-label="${what}">${items.join("")}</select>`;
}

function table(buckets: readonly AuditedBucket[]): string {
  const { columns, rows } = auditTable(buckets);
  const body = rows.map((row, index) => {
    const one = buckets[index];
    const data = one
      ? ` data-status="${one.status}" data-method="${methodOf(one) ?? ""}" data-region="${escape(one.region ?? "unknown")}"`
      : "";
    const cells = row.map((cell, column) => `<td data-label="${columns[column] ?? ""}">${inTone(cell)}</td>`);
    return `<tr${data}>${cells.join("")}</tr>`;
  });
  const head = columns.map((column) => `<th scope="col">${escape(column)}</th>`).join("");
  return `<table><thead><tr>${head}</tr></thead><tbody>\n${body.join("\n")}\n</tbody></table>`;
}
