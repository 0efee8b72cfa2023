/** The arrays of training state by role. */
import type { StateParts, StateTensor } from "./store.ts";

/**
 * Tensors of model, optimizer and moving average: the model's in state-dict order, then the slots as
 * `<parameter>.<slot>`, then the average.
 */
export function stateTensors({ model, optimizer, average }: StateParts): StateTensor[] {
  const parameters = new Map(model.parameters.map((parameter) => [parameter.name, parameter]));
  const slots = [...optimizer.stateDict().slots].map(([name, data]): StateTensor => {
    const shape = parameters.get(name.slice(0, name.lastIndexOf(".")))?.shape ?? [];
    const fits = shape.reduce((product, size) => product * size, 1) === data.length;
    return { role: "slot", name, shape: fits ? shape : [data.length], data };
  });
  return [
    ...model.state.map(
      ({ name, shape, data }): StateTensor => ({
        ...{ role: parameters.has(name) ? "parameter" : "statistic", name, shape, data },
      }),
    ),
    ...slots,
    ...(average?.state ?? []).map(
      ({ name, shape, data }): StateTensor => ({ role: "average", name, shape, data }),
    ),
  ];
}
