/** Warning of classes that differ much in their number of images. */
import { printable } from "../text/printable.ts";

/** Ratio of the largest class to the smallest one from which on there is a warning. */
const UNEVEN = 10;

/**
 * The warning of classes of which one has at least ten times as many images as another; classes without images do not
 * count.
 *
 * @param counts - Images of each class, as {@link labelCounts} gives them.
 * @param names - Name of each class.
 * @returns null: the classes are even enough.
 * @example
 * unevenWarning([500, 12], ["cat", "owl"]);
 * // => 'Class "cat" has 500 images, "owl" 12: the model will favour the former; --balanced-sampling or --class-weights balanced helps'
 * unevenWarning([500, 51], ["cat", "owl"]); // => null
 */
export function unevenWarning(counts: readonly number[], names: readonly string[]): string | null {
  const held = [...counts.entries()].filter(([, images]) => images > 0);
  const [first] = held;
  if (!first) return null;
  const [most, largest] = held.reduce((a, b) => (b[1] > a[1] ? b : a), first);
  const [least, smallest] = held.reduce((a, b) => (b[1] < a[1] ? b : a), first);
  if (largest < UNEVEN * smallest) return null;
  return printable(
    `Class "${names[most]}" has ${largest} images, "${names[least]}" ${smallest}: the model will favour the former; ` +
      "--balanced-sampling or --class-weights balanced helps",
  );
}
