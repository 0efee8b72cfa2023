/** The software of a run, as its checkpoints name it. */
import type { Engine } from "../runtime/engine.ts";
import { version } from "../version.ts";

/** What of an engine a checkpoint names. */
export type EngineFacts = Pick<Engine, "name" | "version" | "lowering" | "device">;

/** What training graphs were always lowered for: files do not say so. */
const USUAL = "ort-cpu";

/** Package versions by name, and of engines of another kind than the CPU's their lowering and device. */
export function softwareOf({
  name,
  version: engine,
  lowering = "generic",
  device,
}: EngineFacts): Readonly<Record<string, string>> {
  return {
    ...{ tsimm: version, [`engine-${name}`]: engine, node: process.version },
    ...(lowering !== USUAL && { lowering }),
    ...(device && { device: device.name }),
  };
}

/**
 * One line for a run that goes on with another engine, or null: its numbers are those of the new one.
 *
 * @param software - Of the checkpoint; one without an engine is passed over.
 */
export function engineChange(software: Readonly<Record<string, string>>, engine: EngineFacts): string | null {
  const before = Object.keys(software).find((key) => key.startsWith("engine-"));
  if (before === undefined) return null;
  const now = softwareOf(engine);
  const text = (name: string, { lowering = USUAL }: Readonly<Record<string, string>>) =>
    `${name} (${lowering})`;
  const [from, to] = [text(before.slice("engine-".length), software), text(engine.name, now)];
  if (from === to) return null;
  return `Resume: engine ${from} -> ${to}: the numbers may differ from those of a run on one engine in their last bits`;
}
