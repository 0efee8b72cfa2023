/** Where a training step spends its time, by operator: sums over nodes of each node's fastest run. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOptions } from "./options.mjs";
import { trainingStep } from "./training-step.mjs";

const options = readOptions();
const folder = mkdtempSync(join(tmpdir(), "tsimm-profile-"));
const { session, run } = await trainingStep(options, {
  enableProfiling: true,
  profileFilePrefix: join(folder, "profile"),
});
for (let round = 0; round < options.rounds; round++) await run();
session.endProfiling();
await session.release();
const [file = ""] = readdirSync(folder);
const events = JSON.parse(readFileSync(join(folder, file), "utf8"));
rmSync(folder, { recursive: true });

const nodes = new Map();
for (const { cat, name, dur, args } of events) {
  if (cat !== "Node" || !name.endsWith("_kernel_time")) continue;
  const fastest = nodes.get(name)?.fastest ?? Number.POSITIVE_INFINITY;
  nodes.set(name, { op: args.op_name, fastest: Math.min(fastest, dur / 1000) });
}
const total = [...nodes.values()].reduce((sum, { fastest }) => sum + fastest, 0);
const operators = new Map();
for (const { op, fastest } of nodes.values()) {
  const { count, ms } = operators.get(op) ?? { count: 0, ms: 0 };
  operators.set(op, { count: count + 1, ms: ms + fastest });
}
const rows = [...operators].sort(([, a], [, b]) => b.ms - a.ms).filter(([, { ms }]) => ms >= total / 1000);
console.log(
  `${options.model}, batch ${options.batchSize}, ${options.size}x${options.size}: ${total.toFixed(0)} ms`,
);
console.table(
  Object.fromEntries(
    rows.map(([op, { count, ms }]) => [
      op,
      { nodes: count, ms: Number(ms.toFixed(1)), "%": Number(((100 * ms) / total).toFixed(1)) },
    ]),
  ),
);
