import fc from "fast-check";
import { expect, test } from "vitest";
import { exampleState } from "./run-state.fixture.ts";
import { formatRunState, parseRunState, type RunState } from "./run-state.ts";

const sha256 = "a".repeat(64);
const state = { ...exampleState(2), sha256 };
const digest = "0123456789abcdef".repeat(4);

test("the same state gives the same text, whatever the order of its keys", () => {
  const turned = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(turned)
      : typeof value === "object" && value !== null
        ? Object.fromEntries(
            Object.entries(value)
              .reverse()
              .map(([key, one]) => [key, turned(one)]),
          )
        : value;
  const text = formatRunState(state);
  expect(formatRunState(turned(state) as typeof state)).toBe(text);
  expect(formatRunState(parseRunState(text))).toBe(text);
  expect(text.startsWith('{"args":{"eval_metric":"top1","model":"net"},"batch":6,"best"')).toBe(true);
});

test("values that JSON has not survive", () => {
  const odd = {
    ...state,
    best: { metric: Number.NEGATIVE_INFINITY, epoch: 0 },
    running: { loss: Number.NaN, images: 3 },
  };
  expect(parseRunState(formatRunState(odd))).toEqual(odd);
});

/** The same state as version 1 had it, with names of kept files and without a digest of the images. */
function asVersion1({ model, task, ranking: _, byOutput: __, ...rest }: RunState): Record<string, unknown> {
  const { outputNames: classNames } = task;
  const classToIdx = Object.fromEntries(classNames.map((name, index) => [name, index]));
  const kept = rest.kept.map((one) => ({ ...one, name: `checkpoint-${one.epoch}` }));
  return { ...rest, ...model, classNames, classToIdx, kept, version: 1 };
}

test("states of version 1 are read", () => {
  expect(parseRunState(JSON.stringify(asVersion1(state)))).toEqual(state);
});

test("what states of version 1 were ranked by follows from their arguments", () => {
  const rankingOf = (changes: Partial<RunState>) =>
    parseRunState(JSON.stringify(asVersion1({ ...state, ...changes }))).ranking;
  const rows = state.metricHistory.map((row) => ({ ...row, validation: null }));
  expect(rankingOf({ args: { eval_metric: "loss" } })).toEqual({
    name: "loss",
    better: "lower",
    of: "validation",
  });
  expect(rankingOf({ args: { eval_metric: "top5" } })).toEqual({
    name: "top5",
    better: "higher",
    of: "validation",
  });
  expect(rankingOf({ metricHistory: rows })).toEqual({ name: "loss", better: "lower", of: "training" });
});

test.each([
  ["epoch", -1],
  ["epoch", 1.5],
  ["update", 2 ** 53],
  ["update", "12"],
  ["batch", -6],
  ["model", { arch: "net", numClasses: 0, inChans: 3 }],
  ["model", { arch: "net", numClasses: 2, inChans: 1e9 }],
  ["task", { name: "classification", outputNames: ["cat", ""], settings: {} }],
  ["task", { name: "", outputNames: ["cat"], settings: {} }],
  ["ranking", { name: "top1", better: "more", of: "validation" }],
  ["byOutput", [{ label: "cat", images: -1, value: 0 }]],
  ["running", { loss: 1, images: -2 }],
  ["running", { loss: 1, images: 0.5 }],
  ["rng", { seed: 0.5, scheme: 1 }],
  ["data", { training: "../x", validation: null }],
  ["data", { training: digest, validation: 3 }],
  ["best", { metric: 1, epoch: -1 }],
  ["kept", [{ epoch: "../../victim/model", metric: 1 }]],
  ["kept", [{ epoch: -1, metric: 1 }]],
  ["optimizer", { ...state.optimizer, steps: -1 }],
  ["optimizer", { ...state.optimizer, groups: [{ params: [], options: { lr: -0.1, weightDecay: 0 } }] }],
  [
    "optimizer",
    { ...state.optimizer, groups: [{ params: [], options: { lr: "Infinity", weightDecay: 0 } }] },
  ],
  [
    "optimizer",
    { ...state.optimizer, groups: [{ params: [], options: { lr: 1, weightDecay: 0, params: [] } }] },
  ],
  [
    "optimizer",
    { ...state.optimizer, groups: [{ params: [], options: { lr: 1, weightDecay: 0, eps: {} } }] },
  ],
  ["metricHistory", [{ epoch: 0, trainLoss: 1, lr: -1, validation: null, plain: null }]],
  ["metricHistory", [{ epoch: 0, trainLoss: 1, lr: 1, validation: { loss: 1, top1: "101" }, plain: null }]],
  ["dataConfig", { ...state.dataConfig, inputSize: [3, 0, 32] }],
  ["dataConfig", { ...state.dataConfig, inputSize: [3, 32, 1e9] }],
  ["dataConfig", { ...state.dataConfig, std: [0, 1, 1] }],
  ["dataConfig", { ...state.dataConfig, cropPct: -1 }],
  ["version", 3],
  ["sha256", "x"],
])("%s %j is refused", (key, value) => {
  expect(() => parseRunState(JSON.stringify({ ...state, [key]: value }))).toThrow(
    new RegExp(`^${key}\\S* is not what this version of tsimm writes`),
  );
});

test("no text makes anything but a state or an error of one line", () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(state)), fc.jsonValue(), (key, value) => {
      const text = JSON.stringify({ ...state, [key]: value });
      try {
        expect(formatRunState(parseRunState(text))).toBe(
          formatRunState(JSON.parse(formatRunState(parseRunState(text)))),
        );
      } catch (error) {
        expect((error as Error).message).toMatch(/^.+ is not what this version of tsimm writes \(.+\)$/);
      }
    }),
  );
});
