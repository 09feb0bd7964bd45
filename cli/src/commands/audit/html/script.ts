/** Filter and order of the table. Without it the page is whole, only not to be filtered. */
export const script = `
const form = document.forms[0];
const table = document.querySelector("table");
const body = table.tBodies[0];
const rows = [...body.rows];
const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));

function filter() {
  const words = form.elements.text.value.toLowerCase().split(/\\s+/);
  const chosen = ["status", "method", "region"].map((name) => [name, form.elements[name].value]);
  for (const row of rows)
    row.hidden =
      !words.every((word) => texts.get(row).includes(word)) ||
      !chosen.every(([name, value]) => value === "" || row.dataset[name] === value);
  const shown = rows.filter((row) => !row.hidden).length;
  const text = shown + " of " + rows.length + " shown";
  document.querySelector("output").value = text;
  // On paper the form is gone, and a part must not pass for the whole.
  const printed = document.getElementById("filtered");
  const by = [["text", form.elements.text.value], ...chosen].filter(([, value]) => value !== "");
  printed.hidden = shown === rows.length;
  printed.textContent = "Filtered: " + text + " (" + by.map((pair) => pair.join(": ")).join(", ") + ").";
}

function sort(header) {
  const isDown = header.ariaSort === "ascending";
  for (const other of header.parentElement.cells) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", isDown ? "descending" : "ascending");
  const text = (row) => row.cells[header.cellIndex].textContent;
  const compare = new Intl.Collator(undefined, { numeric: true }).compare;
  rows.sort((a, b) => (isDown ? -1 : 1) * compare(text(a), text(b)));
  body.append(...rows);
}

form.hidden = rows.length === 0;
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
for (const header of table.tHead.rows[0].cells) {
  const button = document.createElement("button");
  button.append(...header.childNodes);
  button.addEventListener("click", () => sort(header));
  header.append(button);
}
filter();
`;
