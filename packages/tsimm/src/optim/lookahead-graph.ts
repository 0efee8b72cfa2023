/** Lookahead's definition on a device: the inner optimizer's, with the slow weights as one more slot. */
import type { Parameter } from "../models/model.ts";
import { type Lookahead, slowSlot } from "./lookahead.ts";
import type { ParamGroup } from "./optimizer.ts";
import type { OptimizerDefinition, OptimizerSlots } from "./optimizer-definition.ts";
import type { OptimizerGraph } from "./optimizer-graph.ts";

/**
 * The definition whose graph makes the updates of a {@link Lookahead}.
 *
 * slow' = slow + share (fast - slow), fast' = slow' where share > 0.
 *
 * @param inner - With a graph.
 */
export function lookaheadDefinition(
  lookahead: Pick<Lookahead, "name" | "shareAt">,
  inner: OptimizerDefinition,
  graph: OptimizerGraph<Readonly<Record<string, unknown>>, OptimizerSlots>,
): OptimizerDefinition {
  return {
    ...inner,
    name: lookahead.name,
    createSlots: (parameter: Parameter, group: ParamGroup) => ({
      ...inner.createSlots(parameter, group),
      [slowSlot]: new Float32Array(parameter.data.length),
    }),
    graph: {
      scalars: (group, step, joined = 0) => ({
        ...graph.scalars(group, step, joined),
        [share]: lookahead.shareAt(step + joined, joined),
      }),
      build(context) {
        const { math, slots, scalar } = context;
        const updated = graph.build(context);
        const past = slots[slowSlot];
        if (past === undefined)
          throw new RangeError(`${lookahead.name}: slow weights must be among the slots`);
        const slow = math.add(past, math.mul(math.sub(updated.data, past), scalar(share)));
        const data = math.where(math.positive(scalar(share)), slow, updated.data);
        return { data, slots: { ...updated.slots, [slowSlot]: slow } };
      },
    },
  };
}

/** Name of a scalar. */
const share = "lookaheadShare";
