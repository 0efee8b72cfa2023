import { expect, test } from "vitest";
import { createModel } from "../models/registry.ts";
import { createOptimizer } from "../optim/create-optimizer.ts";
import { ModelEma } from "../optim/ema.ts";
import { hostStore } from "./host-store.ts";
import type { StateRole, StateStore, StateTensor } from "./store.ts";

function parts(opt: "adamw" | "adafactor") {
  const model = createModel("test_resnet", { numClasses: 2 });
  const optimizer = createOptimizer({ opt, lr: 0.1, weightDecay: 0.1, momentum: 0.9 }, model);
  return { model, optimizer, average: new ModelEma(model) };
}

type NamedArray = Pick<StateTensor, "name" | "data">;

const named = (store: StateStore, role: StateRole) =>
  store.tensors().filter((tensor) => tensor.role === role);

/** The very arrays, under the same names. */
function expectSame(tensors: readonly NamedArray[], others: readonly NamedArray[]): void {
  expect(tensors.map(({ name }) => name)).toEqual(others.map(({ name }) => name));
  expect(tensors.every(({ data }, i) => data === others[i]?.data)).toBe(true);
}

test("the arrays of model, optimizer and average are the state", async () => {
  const { model, optimizer, average } = parts("adamw");
  const store = hostStore({ model, optimizer, average });
  expectSame(named(store, "parameter"), model.parameters);
  expect(named(store, "slot")).toEqual([]);
  for (const parameter of model.parameters) parameter.grad = new Float32Array(parameter.data.length).fill(1);
  optimizer.step();
  expect(store.isCurrent).toBe(true);
  const [first] = model.parameters;
  expect(named(store, "parameter")[0]?.data).toBe(first?.data);
  const name = `${first?.name}.exp_avg`;
  const slot = named(store, "slot").find((tensor) => tensor.name === name);
  expect(slot).toMatchObject({ role: "slot", name, shape: first?.shape });
  expect(slot?.data).toBe(optimizer.stateDict().slots.get(name));
  expectSame(named(store, "average"), average.state);
});

test("every tensor of the model has a role, in the order of its state dict", () => {
  const { model, optimizer } = parts("adamw");
  const tensors = hostStore({ model, optimizer, average: null }).tensors();
  expectSame(tensors, model.state);
  const statistics = tensors.filter(({ role }) => role === "statistic").map(({ name }) => name);
  expect(statistics.slice(0, 3)).toEqual([
    "conv1.1.running_mean",
    "conv1.1.running_var",
    "conv1.1.num_batches_tracked",
  ]);
  expect(statistics).toHaveLength(model.state.length - model.parameters.length);
});

test("a slot of another size than its parameter is a vector", () => {
  const { model, optimizer } = parts("adafactor");
  for (const parameter of model.parameters) parameter.grad = new Float32Array(parameter.data.length).fill(1);
  optimizer.step();
  const slots = named(hostStore({ model, optimizer, average: null }), "slot");
  const rows = slots.filter(({ name }) => name.endsWith("exp_avg_sq_row"));
  expect(rows.length).toBeGreaterThan(0);
  for (const { shape, data } of rows) expect(shape).toEqual([data.length]);
  for (const { shape, data } of slots) expect(shape.reduce((a, b) => a * b, 1)).toBe(data.length);
});
