/** The arrays of training state by role. */
import { slotShape } from "./slot-shape.ts";
import type { StateParts, StateTensor } from "./store.ts";

/**
 * Tensors of model, optimizer and moving average: the model's in state-dict order, then the slots as
 * `<parameter>.<slot>`, then the average.
 */
export function stateTensors({ model, optimizer, average }: StateParts): StateTensor[] {
  const shapes = new Map(model.parameters.map(({ name, shape }) => [name, shape]));
  const slots = [...optimizer.stateDict().slots].map(
    ([name, data]): StateTensor => ({
      ...{ role: "slot", name, shape: slotShape(name, data.length, shapes), data },
    }),
  );
  return [
    ...model.state.map(
      ({ name, shape, data }): StateTensor => ({
        ...{ role: shapes.has(name) ? "parameter" : "statistic", name, shape, data },
      }),
    ),
    ...slots,
    ...(average?.state ?? []).map(
      ({ name, shape, data }): StateTensor => ({ role: "average", name, shape, data }),
    ),
  ];
}
