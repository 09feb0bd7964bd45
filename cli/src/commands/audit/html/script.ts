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
  document.querySelector("output").value = shown + " of " + rows.length + " shown";
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

form.hidden = false;
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
