/** The figure of a confusion matrix, as an SVG document. */
import { markup } from "../text/markup.ts";

/** Images of each class by the class that a model says. */
export interface ConfusionMatrix {
  /** Names of the classes, in the order of rows and columns; at least one. */
  readonly classNames: readonly string[];
  /** Row-major [classes, classes]: row t, column p counts the images of class t of which the model says p. */
  readonly counts: ArrayLike<number>;
}

/** Options of {@link confusionToSvg}. */
export interface ConfusionFigureOptions {
  /** Absent: `Confusion matrix`; empty: the figure has no head. */
  readonly title?: string;
}

const FONT = 13;
const INK = "#1f2937";
const SOFT = "#6b7280";
const GRID = "#e5e7eb";
/** Blue and vermilion of the palette: what is right, what is wrong. */
const RIGHT = "#0072b2";
const WRONG = "#d55e00";
/** Pixels that the cells of a row fill together, where there is room. */
const SIDE = 560;
const CELL = { least: 12, most: 92 };
/** Classes beyond which rows have no names. */
const NAMED = 250;
/** Smallest cell that has its count written in it. */
const COUNTED = 24;
/** Pixels of a character, as a share of the font size. */
const CHARACTER = 0.58;
const LONGEST = 26;
const HEAD = 62;

/**
 * Draws a confusion matrix: a row for each class, a column for each answer, the shade of a cell its share of the row's
 * images. Right answers are blue, wrong ones vermilion; at the end of a row stands the share of right ones.
 *
 * @param matrix - Names and counts.
 * @param options - Title.
 * @returns A self-contained SVG document; the same matrix gives the same text. It is about 800 pixels wide, and grows with
 * more than 40 classes, so that their names can be read.
 * @throws RangeError if there is no class, or the counts are not classes x classes.
 * @example
 * const svg = confusionToSvg({ classNames: ["cat", "dog"], counts: [9, 1, 2, 8] });
 * svg.includes("cat: 9 of 10 images as cat"); // => true
 */
export function confusionToSvg(matrix: ConfusionMatrix, options: ConfusionFigureOptions = {}): string {
  const { classNames, counts } = matrix;
  const size = classNames.length;
  if (!(size >= 1)) throw new RangeError("confusionToSvg: classNames must hold at least one name, got none");
  if (counts.length !== size * size) {
    throw new RangeError(
      `confusionToSvg: counts must hold ${size} x ${size} numbers, got ${counts.length}; a row for each class`,
    );
  }
  const { title = "Confusion matrix" } = options;
  const cell = size > NAMED ? 4 : Math.min(CELL.most, Math.max(CELL.least, Math.floor(SIDE / size)));
  const font = Math.min(FONT, cell - 2);
  const names = classNames.map(shortened);
  const isNamed = size <= NAMED;
  const longest = Math.max(...names.map((name) => name.length)) * font * CHARACTER;
  const isFlat = names.every((name) => name.length * font * CHARACTER <= cell - 6);
  const left = 40 + (isNamed ? longest : 0);
  const head = title === "" ? 6 : HEAD;
  const top = head + 26 + (isNamed ? (isFlat ? font + 8 : longest + 6) : 0);
  const side = cell * size;
  const width = Math.max(480, Math.ceil(left + side + (isNamed ? 74 : 24)));
  const height = Math.ceil(top + side + 24);
  const parts = [
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...(title === "" ? [] : headOf(title)),
    `<text x="${round(left + side / 2)}" y="${head + 16}" font-weight="700" text-anchor="middle">predicted</text>`,
    `<text transform="translate(24,${round(top + side / 2)}) rotate(-90)" font-weight="700" text-anchor="middle">true</text>`,
    `<rect x="${round(left)}" y="${round(top)}" width="${side}" height="${side}" fill="none" stroke="${GRID}"/>`,
  ];
  const totals = classNames.map((_, row) => {
    let sum = 0;
    for (let column = 0; column < size; column++) sum += counts[row * size + column] ?? 0;
    return sum;
  });
  for (let row = 0; row < size; row++) {
    const y = top + row * cell;
    const total = totals[row] ?? 0;
    if (isNamed) {
      const middle = round(y + cell / 2 + font * 0.36);
      const own = counts[row * size + row] ?? 0;
      parts.push(
        text(left - 8, middle, font, "end", names[row] ?? ""),
        columnName(names[row] ?? "", { x: left + (row + 0.5) * cell, y: top - 8, font, isFlat }),
      );
      if (total > 0) {
        const share = `${Math.round((100 * own) / total)} %`;
        parts.push(
          `<text x="${round(left + side + 8)}" y="${middle}" font-size="${font}" fill="${SOFT}">${share}</text>`,
        );
      }
    }
    for (let column = 0; column < size; column++) {
      const count = counts[row * size + column] ?? 0;
      if (count === 0) continue;
      const share = count / total;
      const shade = row === column ? 0.12 + 0.88 * share : 0.15 + 0.85 * Math.sqrt(share);
      const x = left + column * cell;
      const tip = `${classNames[row]}: ${count} of ${total} images as ${classNames[column]}`;
      parts.push(
        `<rect x="${round(x + 0.5)}" y="${round(y + 0.5)}" width="${cell - 1}" height="${cell - 1}" fill="${row === column ? RIGHT : WRONG}" fill-opacity="${round(shade)}"><title>${markup(tip)}</title></rect>`,
      );
      if (cell < COUNTED) continue;
      const written = String(count);
      const digits = Math.min(FONT, cell / 2, (cell - 6) / (written.length * CHARACTER));
      parts.push(
        `<text x="${round(x + cell / 2)}" y="${round(y + cell / 2 + digits * 0.36)}" font-size="${round(digits)}" text-anchor="middle" pointer-events="none"${shade > 0.75 ? ' fill="#fffffe"' : ""}>${written}</text>`,
      );
    }
  }
  const opening = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" fill="${INK}" font-family="Inter, system-ui, sans-serif" font-size="${FONT}">`;
  return `${opening}${parts.join("")}</svg>\n`;
}

function headOf(title: string): string[] {
  return [
    `<title>${markup(title)}</title>`,
    `<text x="16" y="29" font-size="17" font-weight="700">${markup(title)}</text>`,
    `<text x="16" y="50" fill="${SOFT}">a row for each class; the shade is a cell's share of the row</text>`,
  ];
}

interface ColumnPlace {
  readonly x: number;
  readonly y: number;
  readonly font: number;
  /** Whether the names of all columns fit across. */
  readonly isFlat: boolean;
}

function columnName(name: string, { x, y, font, isFlat }: ColumnPlace): string {
  if (isFlat) return text(x, y, font, "middle", name);
  return `<text transform="translate(${round(x + font * 0.36)},${round(y)}) rotate(-90)" font-size="${font}">${markup(name)}</text>`;
}

function text(x: number, y: number, font: number, anchor: "end" | "middle", content: string): string {
  return `<text x="${round(x)}" y="${round(y)}" font-size="${font}" text-anchor="${anchor}">${markup(content)}</text>`;
}

function shortened(name: string): string {
  const characters = [...name];
  return characters.length <= LONGEST ? name : `${characters.slice(0, LONGEST - 1).join("")}…`;
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
