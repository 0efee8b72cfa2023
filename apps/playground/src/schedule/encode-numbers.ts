/** Numbers in addresses, exact to the last bit. */
import { shortNumber } from "./short-number.ts";

/** Most values of a metric that an address holds; its last one holds for later epochs. */
const MOST_VALUES = 5000;

/** The shortest text that is read as the same number: `.5` for 0.5. */
export function encodeNumber(value: number): string {
  return shortNumber(value).replace(/^(-?)0\./, "$1.");
}

/** The number of a text; null if it is not a finite one. */
export function decodeNumber(text: string): number | null {
  if (!/^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text)) return null;
  const value = Number(text);
  return Number.isFinite(value) ? value : null;
}

/**
 * The numbers of a list with commas.
 *
 * @param most - Largest count.
 * @returns null if one is no number, or there are more, or none.
 */
export function decodeNumbers(text: string, most: number): readonly number[] | null {
  const words = text.split(",", most + 1);
  const numbers = words.map(decodeNumber).filter((value) => value !== null);
  return words.length <= most && numbers.length === words.length ? numbers : null;
}

/** A list in which equal neighbours are counted: `.5,.7*3` for 0.5, 0.7, 0.7, 0.7; `none` for no value. */
export function encodeMetric(metric: readonly number[]): string {
  const runs: { text: string; count: number }[] = [];
  for (const value of metric.slice(0, MOST_VALUES)) {
    const text = encodeNumber(value);
    const last = runs.at(-1);
    if (last?.text === text) last.count++;
    else runs.push({ text, count: 1 });
  }
  return runs.map(({ text, count }) => (count > 1 ? `${text}*${count}` : text)).join(",") || "none";
}

/** Reads what {@link encodeMetric} wrote; null if it cannot be read. */
export function decodeMetric(text: string): readonly number[] | null {
  if (text === "none") return [];
  const metric: number[] = [];
  for (const word of text.split(",", MOST_VALUES + 1)) {
    const [, number = "", times = "1"] = /^([^*]*)(?:\*(\d{1,4}))?$/.exec(word) ?? [];
    const value = decodeNumber(number);
    const count = Number(times);
    if (value === null || count < 1 || metric.length + count > MOST_VALUES) return null;
    for (let i = 0; i < count; i++) metric.push(value);
  }
  return metric;
}
