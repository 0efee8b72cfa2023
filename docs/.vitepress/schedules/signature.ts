/** Signature of a class: its options with their defaults. */
import { optionRows } from "./option-rows.ts";
import type { Subject } from "./subject.ts";

/** Longest line. */
const WIDTH = 70;

/**
 * The constructor as one calls it, e.g. `new StepLRScheduler(optimizer, { decayT, decayRate = 1, … })`.
 *
 * @returns TypeScript; empty for a schedule without a class of its own.
 */
export function signatureText(subject: Subject): string {
  if (subject.className === null) return "";
  const options = optionRows(subject).map((row) =>
    row.isRequired || row.default === "" ? row.name : `${row.name} = ${row.default}`,
  );
  const lines: string[] = [];
  for (const option of options) {
    const last = lines.at(-1);
    const longer = last === undefined ? option : `${last} ${option}`;
    if (last !== undefined && longer.length < WIDTH) lines[lines.length - 1] = `${longer},`;
    else lines.push(`${option},`);
  }
  return `new ${subject.className}(optimizer, {\n${lines.map((line) => `  ${line}`).join("\n")}\n})`;
}
