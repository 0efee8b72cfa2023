import { expect, test } from "vitest";
import type { Parameter } from "../models/model.ts";
import { createOptimizerV2 } from "./create-optimizer.ts";
import { Lookahead } from "./lookahead.ts";

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

test("says the share of a synchronisation that is made elsewhere, and takes part in it from then on", () => {
  const w = parameter();
  const lookahead = new Lookahead(create(w));
  const shares = () => [1, 6, 7, 12, 18].map((step) => lookahead.shareAt(step));
  // Updates on a device are counted some time later.
  expect(shares()).toEqual([0, 1, 0, 0.5, 0.5]);
  lookahead.slowOf(w)[0] = 3;
  for (let step = 1; step <= 5; step++) lookahead.countStep();
  expect([...lookahead.stateDict().slots]).toEqual([]);
  expect(shares()).toEqual([0, 1, 0, 0.5, 0.5]);
  lookahead.countStep();
  expect([...lookahead.stateDict().slots]).toEqual([["w.lookahead_slow_buff", Float32Array.of(3)]]);
  expect(lookahead.shareAt(12)).toBe(0.5);
  w.data[0] = 5;
  lookahead.syncLookahead();
  expect([w.data[0], lookahead.slowOf(w)[0]]).toEqual([4, 4]);
});

test("a first synchronisation at the end of an epoch fills the array that is used elsewhere", () => {
  const w = parameter();
  const lookahead = new Lookahead(create(w));
  const slow = lookahead.slowOf(w);
  w.data[0] = 2;
  lookahead.syncLookahead();
  expect([w.data[0], slow[0], lookahead.slowOf(w) === slow]).toEqual([2, 2, true]);
  expect(lookahead.shareAt(6)).toBe(0.5);
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
