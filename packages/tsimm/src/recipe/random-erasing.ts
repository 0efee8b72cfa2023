/** Random erasing of a run. */
import type { TrainArguments } from "./arguments.ts";

/** Whether training images are erased in; then the training step takes normalised images. */
export function erases({ reprob, noAug }: Pick<TrainArguments, "reprob" | "noAug">): boolean {
  return reprob > 0 && !noAug;
}
