// Sorting, and nothing else. Without this script every table is complete and in order.
(() => {
  "use strict";
  const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

  const byNumber = (cell) => (cell.dataset.number === undefined ? null : Number(cell.dataset.number));
  const byText = (cell) => cell.textContent.trim() || null;

  // What is empty stays last in both directions: it is neither small nor large.
  const compare = (a, b, sign) => {
    if (a === null || b === null) return (a === null) - (b === null);
    return sign * (typeof a === "number" ? a - b : collator.compare(a, b));
  };

  const sort = (table, header) => {
    const column = header.cellIndex;
    const read = header.classList.contains("number") ? byNumber : byText;
    const sign = header.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    const body = table.tBodies[0];
    const rows = Array.from(body.rows, (row) => [read(row.cells[column]), row]);
    rows.sort((a, b) => compare(a[0], b[0], sign));
    body.append(...rows.map(([, row]) => row));
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", sign === 1 ? "ascending" : "descending");
  };

  for (const table of document.querySelectorAll("table")) {
    for (const header of table.tHead.rows[0].cells) {
      const button = header.querySelector("button");
      button.disabled = false;
      button.addEventListener("click", () => sort(table, header));
    }
  }

  // A link into a closed list of figures opens it.
  const open = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    const list = target && target.closest("details");
    if (list) list.open = true;
  };
  addEventListener("hashchange", open);
  open();
})();
