/** Comma-separated values. */

/** A row of a table. */
export interface CsvRow {
  /** Number of the row, as a spreadsheet counts: the header is row 1, and blank rows count. */
  readonly row: number;
  /** Content of each cell, without the quotes around it. */
  readonly cells: readonly string[];
}

const COMMA = 0x2c;
const QUOTE = 0x22;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

/**
 * Reads a table by RFC 4180: cells in quotes may hold commas, line breaks and doubled quotes; lines end in `\n`, `\r\n`
 * or `\r`. Blank lines are left out.
 *
 * @param text - The table.
 * @param refusal - Makes the error of a broken row.
 * @throws The error that `refusal` makes for a quote inside of a cell without quotes, text behind a closing quote, or a
 * quote that is never closed.
 * @example
 * const rows = [...parseCsv('path,label\n"a,b.png",cat\n', (problem) => new Error(problem))];
 * rows[1]; // => { row: 2, cells: ["a,b.png", "cat"] }
 * @see {@link https://www.rfc-editor.org/rfc/rfc4180}
 */
export function* parseCsv(text: string, refusal: (problem: string, row: number) => Error): Generator<CsvRow> {
  let at = 0;
  for (let row = 1; at < text.length; row++) {
    const start = at;
    const cells: string[] = [];
    while (true) {
      if (text.charCodeAt(at) === QUOTE) {
        const { cell, end } = quotedCell(text, at, row, refusal);
        cells.push(cell);
        at = end;
      } else {
        const end = plainCellEnd(text, at, row, refusal);
        cells.push(text.slice(at, end));
        at = end;
      }
      if (text.charCodeAt(at) !== COMMA) break;
      at++;
    }
    const isBlank = at === start;
    if (text.charCodeAt(at) === RETURN && text.charCodeAt(at + 1) === NEWLINE) at++;
    at++;
    if (!isBlank) yield { row, cells };
  }
}

function plainCellEnd(text: string, start: number, row: number, refusal: Refusal): number {
  let end = start;
  while (end < text.length) {
    const code = text.charCodeAt(end);
    if (code === COMMA || code === NEWLINE || code === RETURN) break;
    if (code === QUOTE) {
      throw refusal(`a cell with a quote must be in quotes, got ${shown(text, start, end)}"`, row);
    }
    end++;
  }
  return end;
}

function quotedCell(
  text: string,
  start: number,
  row: number,
  refusal: Refusal,
): { readonly cell: string; readonly end: number } {
  let cell = "";
  let from = start + 1;
  while (true) {
    const quote = text.indexOf('"', from);
    if (quote < 0) {
      throw refusal(`a cell in quotes must end in a quote, got ${shown(text, start, text.length)}`, row);
    }
    cell += text.slice(from, quote);
    const next = text.charCodeAt(quote + 1);
    if (next === QUOTE) {
      cell += '"';
      from = quote + 2;
      continue;
    }
    if (quote + 1 < text.length && next !== COMMA && next !== NEWLINE && next !== RETURN) {
      throw refusal(
        `a closing quote must end its cell, got ${shown(text, start, quote + 1)}${text.charAt(quote + 1)}`,
        row,
      );
    }
    return { cell, end: quote + 1 };
  }
}

type Refusal = (problem: string, row: number) => Error;

/** The last 40 characters at most. */
function shown(text: string, start: number, end: number): string {
  return end - start > 40 ? `…${text.slice(end - 40, end)}` : text.slice(start, end);
}
