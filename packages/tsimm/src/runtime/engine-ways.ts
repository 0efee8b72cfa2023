import { blockOf, type WayChoices } from "@tsimm/autodiff";
import type { Engine } from "./engine.ts";

/**
 * The ways of an engine.
 *
 * @throws RangeError if one is for another processor: it would compute wrong numbers, or end the process.
 */
export async function checkedEngineWays({ ways = {}, channelBlock }: Engine): Promise<WayChoices> {
  const blocked = Object.entries(ways).filter(([, way]) => blockOf(way) !== null);
  if (blocked.length === 0) return ways;
  const block = (await channelBlock?.()) ?? 1;
  const foreign = blocked.find(([, way]) => blockOf(way) !== block);
  if (foreign === undefined) return ways;
  const [key, way] = foreign;
  throw new RangeError(
    `Engine: ways must be for this processor, whose kernels take blocks of ${block} channels, got "${way}" for "${key}"; call tuneTrainingStep here`,
  );
}
