/** CSV as RFC 4180 has it. */

/**
 * The text of a table: CRLF, cells with commas, quotes or line breaks in quotes.
 *
 * @param rows - Cells, the header first.
 * @example
 * csvText([["name", "images"], ['a "dog", wet', 3]]); // => 'name,images\r\n"a ""dog"", wet",3\r\n'
 */
export function csvText(rows: readonly (readonly (string | number)[])[]): string {
  return rows.map((cells) => `${cells.map((cell) => quoted(String(cell))).join(",")}\r\n`).join("");
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
