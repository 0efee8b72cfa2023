import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import {
  CosineLRScheduler,
  LinearLRScheduler,
  PlateauLRScheduler,
  type Scheduler,
  StepLRScheduler,
} from "./index.ts";

test("parameter groups of any kind compile with every strict check, wrong fields do not", () => {
  const path = fileURLToPath(new URL("param-groups.types.fixture.ts", import.meta.url));
  const program = ts.createProgram([path], {
    ...{ strict: true, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, noEmit: true },
    ...{
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.NodeNext,
      lib: ["lib.es2023.d.ts"],
      types: [],
    },
    allowImportingTsExtensions: true,
  });
  const file = program.getSourceFile(path);
  const messages = program
    .getSemanticDiagnostics(file)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
  expect(file?.text).toContain("@ts-expect-error");
  expect(messages).toEqual([]);
});

describe("groups with Python's names are refused", () => {
  const build = (group: object, options: object = {}) =>
    new StepLRScheduler({ paramGroups: [group] }, { decayT: 1, ...options });
  test.each([
    [{ lr: 0.1, lr_scale: 0.5 }, {}, "lr_scale must be called lrScale, got 0.5"],
    [{ lr: 0.1, initial_lr: 0.2 }, {}, "initial_lr must be called initialLr, got 0.2"],
    [
      { lr: 0.1, weight_decay: 0.2 },
      { paramGroupField: "weightDecay" },
      "weight_decay must be called weightDecay, got 0.2",
    ],
    [
      { lr: 0.1, weightDecay: 0.1, initial_weight_decay: 0.2 },
      { paramGroupField: "weightDecay" },
      "initial_weight_decay must be called initialWeightDecay, got 0.2",
    ],
  ])("%j", (group, options, message) => {
    const before = { ...group };
    expect(() => build(group, options)).toThrow(new RangeError(`StepLRScheduler: paramGroups[0].${message}`));
    expect(group).toEqual(before);
  });

  test("unless they concern another field, or the right name is there too", () => {
    const group = { lr: 0.1, lrScale: 0.5, lr_scale: 7, weight_decay: 0.2 };
    build(group);
    expect(group).toEqual({ lr: 0.05, lrScale: 0.5, lr_scale: 7, weight_decay: 0.2, initialLr: 0.1 });
    const other = { momentum: 0.9, lr_scale: 0.5 };
    build(other, { paramGroupField: "momentum" });
    expect(other).toEqual({ momentum: 0.9, lr_scale: 0.5, initialMomentum: 0.9 });
  });
});

describe("a field that is 0 stays 0, unless it is a rate", () => {
  const options = { warmupT: 2, warmupLrInit: 0.02, paramGroupField: "weightDecay" };
  test.each<[string, (optimizer: { paramGroups: object[] }) => Scheduler]>([
    ["cosine", (optimizer) => new CosineLRScheduler(optimizer, { tInitial: 4, lrMin: 0.01, ...options })],
    ["linear", (optimizer) => new LinearLRScheduler(optimizer, { tInitial: 4, lrMin: 0.01, ...options })],
    ["plateau", (optimizer) => new PlateauLRScheduler(optimizer, { lrMin: 0.01, patienceT: 0, ...options })],
  ])("%s", (_, create) => {
    const off = { lr: 0.1, weightDecay: 0 };
    const on = { lr: 0.1, weightDecay: 0.05 };
    const scheduler = create({ paramGroups: [on, off] });
    const seen = [0, 1, 2, 3, 4, 5].map((t) => {
      if (t > 0) scheduler.step(t, 0.5);
      return [on.weightDecay > 0, off.weightDecay];
    });
    expect(seen).toEqual(Array(6).fill([true, 0]));
  });

  test("a rate of 0 rises to lrMin, as in timm", () => {
    const group = { lr: 0 };
    new CosineLRScheduler({ paramGroups: [group] }, { tInitial: 4, lrMin: 0.01 }).step(4);
    expect(group.lr).toBe(0.01);
  });
});

describe("the drive method of the other unit", () => {
  const build = (tInEpochs: boolean, updatesPerEpoch: number | null) => {
    const scheduler = new StepLRScheduler({ paramGroups: [{ lr: 0.1 }] }, { decayT: 1, tInEpochs });
    scheduler.updatesPerEpoch = updatesPerEpoch;
    return scheduler;
  };
  /** Calls until the first error. */
  const callsOf = (call: (t: number) => void, most = 2000): [number, string] => {
    for (let t = 1; t < most; t++) {
      try {
        call(t);
      } catch (error) {
        return [t, String(error)];
      }
    }
    return [most, ""];
  };

  test("is noticed when it is called alone", () => {
    const updates = build(false, 10);
    expect(callsOf((t) => updates.step(t))).toEqual([
      6,
      "RangeError: StepLRScheduler: stepUpdate must be called after each update, got 6 calls of step alone; set tInEpochs to true if t counts epochs",
    ]);
    const unknown = build(false, null);
    expect(callsOf((t) => unknown.step(t))[0]).toBe(100);
    const epochs = build(true, 10);
    expect(callsOf((t) => epochs.stepUpdate(t))).toEqual([
      21,
      "RangeError: StepLRScheduler: step must be called at the end of each epoch, got 21 calls of stepUpdate alone; set tInEpochs to false if t counts updates",
    ]);
  });

  test("may be called beside the right one", () => {
    for (const tInEpochs of [true, false]) {
      const scheduler = build(tInEpochs, 10);
      const called = callsOf((t) => {
        scheduler.stepUpdate(t);
        if (t % 10 === 0) scheduler.step(t / 10);
      });
      expect(called).toEqual([2000, ""]);
    }
  });

  test("is noticed late where an epoch's length is not known", () => {
    const epochs = build(true, null);
    expect(callsOf((t) => epochs.stepUpdate(t), 2_000_000)).toEqual([
      1_000_001,
      "RangeError: StepLRScheduler: step must be called at the end of each epoch, got 1000001 calls of stepUpdate alone; set tInEpochs to false if t counts updates, updatesPerEpoch if an epoch is that long",
    ]);
    const long = build(true, null);
    long.updatesPerEpoch = 1_500_000;
    expect(callsOf((t) => long.stepUpdate(t), 2_000_000)).toEqual([2_000_000, ""]);
  });
});

test("a scheduler shows its optimizer, as in timm", () => {
  const optimizer = { paramGroups: [{ lr: 0.1 }] };
  expect(new StepLRScheduler(optimizer, { decayT: 1 }).optimizer).toBe(optimizer);
});
