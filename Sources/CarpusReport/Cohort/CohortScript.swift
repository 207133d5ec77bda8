/// The one script of the page: a click on the head of a column sorts the rows by it, a second click the other way round.
enum CohortScript {
    /// The text between the tags.
    static let source = """
    "use strict";
    for (const table of document.querySelectorAll("table.sortable")) {
      const body = table.tBodies[0];
      const heads = Array.from(table.tHead.rows[0].cells);
      heads.forEach((head, column) => head.querySelector("button").addEventListener("click", () => {
        const up = head.getAttribute("aria-sort") !== "ascending";
        heads.forEach(other => other.removeAttribute("aria-sort"));
        head.setAttribute("aria-sort", up ? "ascending" : "descending");
        const isNumber = head.classList.contains("number");
        const keyed = Array.from(body.rows).map((row, order) => ({ row, order, key: row.cells[column].dataset.value ?? row.cells[column].textContent.trim() }));
        const compare = (a, b) => {
          if ((a.key === "") !== (b.key === "")) return a.key === "" ? 1 : -1;
          const c = isNumber ? Number(a.key) - Number(b.key) : a.key.localeCompare(b.key, "en", { numeric: true });
          return (up ? c : -c) || a.order - b.order;
        };
        for (const item of keyed.sort(compare)) body.append(item.row);
      }));
    }
    """
}
