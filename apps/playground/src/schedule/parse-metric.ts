/** A metric from text that somebody pastes: numbers, a column of a table, or JSON. */

/** Epochs that a pasted metric may have. */
const MOST_VALUES = 5000;

/** Columns of a run's table that are taken, the first kind that is there. */
const COLUMNS: readonly RegExp[] = [
  /^(eval|val|valid|validation)[_ /.-]?(top1|acc1?|accuracy)$/i,
  /^(top1|acc1?|accuracy|metric)$/i,
  /^(eval|val|valid|validation)[_ /.-]?loss$/i,
  /^(train[_ /.-]?)?loss$/i,
];

/**
 * The metric of each epoch.
 *
 * @param text - Numbers between blanks, commas or line ends, also with `%`; a list in JSON; a table whose first line has
 *   names, as the `summary.csv` of a run, of which the validation's top-1, or else its loss, is taken; or lines of epoch
 *   and value.
 * @throws RangeError if it has no numbers, or something else, or more than 5000.
 * @example
 * parseMetric("61.2, 65.0 65.1"); // => [61.2, 65, 65.1]
 * parseMetric("epoch,eval_loss,eval_top1\n0,2.1,40\n1,1.8,55"); // => [40, 55]
 */
export function parseMetric(text: string): number[] {
  const lines = text
    .trim()
    .replace(/^\[|\]$/g, "")
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== "");
  const values = valuesOf(lines);
  if (values.length === 0) refuse("a number for each epoch", "none");
  if (values.length > MOST_VALUES) refuse(`at most ${MOST_VALUES} numbers`, String(values.length));
  return values;
}

function valuesOf(lines: readonly string[]): number[] {
  const [first = "", ...rest] = lines;
  const delimiter = /[,;\t]/.test(first) ? /[,;\t]/ : /\s+/;
  const cells = (line: string) => line.split(delimiter).map((cell) => cell.trim().replace(/^"(.*)"$/, "$1"));
  const names = cells(first);
  if (rest.length > 0 && names.some((name) => /^[a-z_]/i.test(name))) return column(names, rest.map(cells));
  const rows = lines.map((line) =>
    line
      .split(/[\s,;]+/)
      .filter((word) => word !== "")
      .map(numberOf),
  );
  const epochs = rows.map(([epoch = 0]) => epoch);
  const areNumbered =
    rows.length > 1 &&
    rows.every((row) => row.length === 2) &&
    epochs.every((epoch, i) => i === 0 || epoch === Number(epochs[i - 1]) + 1);
  return areNumbered ? rows.map(([, value = 0]) => value) : rows.flat();
}

/** The column of a table that is most likely meant. Epochs that have no value in it are left out. */
function column(names: readonly string[], rows: readonly (readonly string[])[]): number[] {
  const kinds = COLUMNS.map((kind) => names.findIndex((name) => kind.test(name)));
  const place = kinds.find((index) => index >= 0) ?? names.length - 1;
  return rows
    .map((row) => row[place] ?? "")
    .filter((cell) => cell !== "")
    .map(numberOf);
}

function numberOf(word: string): number {
  const value = Number(word.replace(/%$/, ""));
  if (word === "" || !Number.isFinite(value)) refuse("numbers alone", JSON.stringify(word.slice(0, 40)));
  return value;
}

function refuse(allowed: string, got: string): never {
  const advice = "paste one number for each epoch, or a table with a column eval_top1";
  throw new RangeError(`parseMetric: text must hold ${allowed}, got ${got}; ${advice}`);
}
