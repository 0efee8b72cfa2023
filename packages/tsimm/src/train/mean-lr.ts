/** The learning rate in events. */
import type { Optimizer } from "../optim/optimizer.ts";

/** Mean learning rate over an optimizer's groups. */
export function meanLr({ paramGroups }: Pick<Optimizer, "paramGroups">): number {
  return paramGroups.reduce((sum, { lr }) => sum + lr, 0) / paramGroups.length;
}
