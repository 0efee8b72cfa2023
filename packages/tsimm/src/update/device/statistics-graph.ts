/** Running statistics of batch normalizations as nodes of a graph. */
import { type BatchStatistics, float32, type Value } from "@tsimm/autodiff";
import { packVector } from "../../optim/vector-layout.ts";
import type { StatisticsVector } from "./state-layout.ts";
import type { UpdateBuilder } from "./update-builder.ts";

/**
 * Adds running statistics after a batch: (1 - momentum) past + momentum batch, with the unbiased variance.
 *
 * @param batch - Outputs of the training graph.
 */
export function nextStatistics(
  update: UpdateBuilder,
  statistics: StatisticsVector,
  batch: readonly BatchStatistics[],
): Value {
  const { builder, math } = update;
  const { layout, normalizations } = statistics;
  const ofBatch = new Map(batch.map((one) => [one.node, one]));
  const parts = normalizations.flatMap(({ module, momentum }) => {
    const one = ofBatch.get(module);
    return one ? [{ ...one, momentum }] : [];
  });
  const values = [...parts.map(({ mean }) => mean), ...parts.map(({ variance }) => variance)];
  const factors = [
    ...parts.map(({ momentum }) => ({ past: 1 - momentum, batch: momentum })),
    ...parts.map(({ momentum, count }) => ({
      past: 1 - momentum,
      batch: (momentum * count) / Math.max(1, count - 1),
    })),
  ];
  const constant = (which: "past" | "batch") => {
    const filled = layout.parts.map(({ shape: [size = 1] }, i) =>
      new Float32Array(size).fill(factors[i]?.[which] ?? 0),
    );
    return builder.constant(float32(layout.shape, packVector(layout, filled)));
  };
  const joined = update.join(
    statistics,
    values.map((name) => builder.value(name)),
  );
  return math.add(math.mul(update.vector(statistics), constant("past")), math.mul(joined, constant("batch")));
}
