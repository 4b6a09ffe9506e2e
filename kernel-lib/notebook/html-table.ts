type Row = Readonly<Record<string, unknown>>;

const escapes: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/gu, (character) => escapes[character] ?? "");
}

function bigintText(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? value.toString() : value;
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (typeof value === "number")
    return Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(6)));
  if (value instanceof Date) return value.toISOString().slice(0, 19).replace("T", " ");
  if (typeof value === "bigint") return value.toString();
  return typeof value === "string" ? value : JSON.stringify(value, bigintText);
}

/** Column names in the order in which they are first seen. */
function columnsOf(rows: readonly Row[]): string[] {
  return [...new Set(rows.flatMap((row) => Object.keys(row)))];
}

/** Rows as an HTML table; every name and value is escaped. */
export function htmlTable(rows: readonly Row[]): string {
  const columns = columnsOf(rows);
  const head = columns.map((name) => `<th>${escapeHtml(name)}</th>`).join("");
  const body = rows.map((row) => {
    const cells = columns.map((name) => {
      const align = typeof row[name] === "number" ? "right" : "left";
      return `<td style="text-align:${align}">${escapeHtml(cellText(row[name]))}</td>`;
    });
    return `<tr>${cells.join("")}</tr>`;
  });
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join("")}</tbody></table>`;
}

/** Rows as text with aligned columns. */
export function textTable(rows: readonly Row[]): string {
  const columns = columnsOf(rows);
  const cells = [columns, ...rows.map((row) => columns.map((name) => cellText(row[name])))];
  const numeric = columns.map((name) => rows.every((row) => typeof row[name] === "number"));
  const widths = columns.map((_, c) =>
    cells.reduce((width, line) => Math.max(width, line[c]?.length ?? 0), 0),
  );
  return cells
    .map((line) =>
      line
        .map((cell, c) =>
          numeric[c] === true ? cell.padStart(widths[c] ?? 0) : cell.padEnd(widths[c] ?? 0),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
