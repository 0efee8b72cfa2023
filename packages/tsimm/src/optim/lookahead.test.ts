import { expect, test } from "vitest";
import type { Parameter } from "../models/model.ts";
import { createOptimizerV2 } from "./create-optimizer.ts";

const parameter = (): Parameter => ({ name: "w", shape: [1], data: Float32Array.of(0), grad: null });
const create = (w: Parameter) => createOptimizerV2([w], { opt: "lookahead_momentum", lr: 1, momentum: 0 });

test("each 6th step, and each end of an epoch, takes the weights half-way back; the first changes nothing", () => {
  const w = parameter();
  const optimizer = create(w);
  const seen: (number | undefined)[] = [];
  for (let step = 1; step <= 12; step++) {
    w.grad = Float32Array.of(-1);
    optimizer.step();
    seen.push(w.data[0]);
  }
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 9]);
  w.grad = Float32Array.of(-1);
  optimizer.step();
  optimizer.syncLookahead?.();
  expect(w.data[0]).toBe(9.5);
});

test("refuses state of another optimizer, and slow weights of another length", () => {
  const w = parameter();
  const optimizer = create(w);
  const state = optimizer.stateDict();
  expect(() => optimizer.loadStateDict({ ...state, name: "momentum" })).toThrow(
    new Error(
      'lookahead_momentum.loadStateDict: state must be of the optimizer "lookahead_momentum", got "momentum"',
    ),
  );
  const slots = new Map([["w.lookahead_slow_buff", new Float32Array(2)]]);
  expect(() => optimizer.loadStateDict({ ...state, slots })).toThrow(
    new Error("lookahead_momentum.loadStateDict: w.lookahead_slow_buff must have 1 elements, got 2"),
  );
});
