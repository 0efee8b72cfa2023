/** Labels at the ends of lines. */
import { spread } from "./spread.ts";

/** Characters in a line of a label at the end of a line. */
const LENGTH = 28;

/**
 * Breaks a label after commas and colons and between words.
 *
 * @param length - Most characters of a line.
 * @returns Lines of at most so many characters, as far as there is a place to break.
 * @example
 * wrapLabel("step:warmup-epochs=5,decay-rate=0.5"); // => ["step:warmup-epochs=5,", "decay-rate=0.5"]
 */
export function wrapLabel(label: string, length: number = LENGTH): string[] {
  const lines: string[] = [];
  for (const piece of label.match(/[^\s,:]*[\s,:]*/g) ?? []) {
    const line = lines.at(-1);
    const joined = (line ?? "") + piece;
    if (line !== undefined && joined.trimEnd().length <= length) lines[lines.length - 1] = joined;
    else if (piece !== "") lines.push(piece);
  }
  return lines.map((line) => line.trimEnd());
}

/** Room that a label takes, in pixels. */
export interface LabelBox {
  readonly left: number;
  readonly right: number;
  /** Where the middle of its height is wanted. */
  readonly center: number;
  readonly height: number;
}

/**
 * Moves labels up and down until none covers another.
 *
 * @param labels - Where they are wanted.
 * @param within - Upper and lower bound, kept as far as there is room.
 * @returns The middle of the height of each.
 */
export function placeLabels(labels: readonly LabelBox[], within: readonly [number, number]): number[] {
  const places = labels.map(({ center }) => center);
  for (const members of besideEachOther(labels)) {
    const boxes = members.flatMap((member) => labels.slice(member, member + 1));
    const centers = boxes.map(({ center }) => center);
    const moved = spread(centers, { sizes: boxes.map(({ height }) => height), within });
    for (const [i, member] of members.entries()) places[member] = moved[i] ?? 0;
  }
  return places;
}

/** Indices of labels in groups that overlap from left to right, each in ascending order. */
function besideEachOther(labels: readonly LabelBox[]): number[][] {
  const order = [...labels.entries()].sort(([, a], [, b]) => a.left - b.left);
  const groups: { right: number; members: number[] }[] = [];
  for (const [index, { left, right }] of order) {
    const last = groups.at(-1);
    if (last === undefined || last.right < left) groups.push({ right, members: [index] });
    else {
      last.members.push(index);
      last.right = Math.max(last.right, right);
    }
  }
  return groups.map(({ members }) => members.sort((a, b) => a - b));
}
