import { defineSchedule, number, registerSchedule } from "@tsimm/scheduler";
import { expect, test } from "vitest";
import { UsageError } from "../usage-error.ts";
import { resolveArguments } from "./resolve-arguments.ts";
import { scheduleFlags, simulateFlags } from "./schedule-flags.ts";
import { simulateRun } from "./simulate-run.ts";

const names = () => scheduleFlags().map(([name]) => name);

test("the flags of schedules, with those of a schedule that is registered", () => {
  expect(names()).toContain("decayEpochs");
  expect(names()).toContain("seed");
  expect(names().filter((name) => ["model", "startEpoch", "opt", "tail"].includes(name))).toEqual([]);
  const build = ({ tail }: { readonly tail: number }) => {
    return (base: number) => (t: number) => base / (1 + t / tail);
  };
  registerSchedule(
    defineSchedule({
      name: "tailed",
      checks: { tail: number({ above: 0 }) },
      build,
      flags: { tail: { type: "float", default: 3, above: 0, help: "length of the tail" } },
    }),
  );
  const tail = scheduleFlags().find(([name]) => String(name) === "tail");
  expect(tail?.[1]).toMatchObject({ default: 3, above: 0, help: "length of the tail (tailed)" });
  const given = JSON.parse('{ "sched": "tailed", "lr": 1, "epochs": 3, "warmupEpochs": 0, "tail": 1 }');
  expect([...simulateFlags(given, null).rates]).toEqual([1, 0.5, 1 / 3]);
});

test("rates are those of tsimm schedule", () => {
  const given = { sched: "wsd", epochs: 20, lr: 0.4, lrNoise: [0.2, 0.6] } as const;
  const { args: _, ...rates } = simulateFlags(given, null);
  const { args: __, ...expected } = simulateRun(resolveArguments(given), null);
  expect(rates).toEqual(expected);
});

test.each([
  [{ decayEpochs: 0 }, "schedule: --decay-epochs must be a number > 0, got 0"],
  [{ lrNoise: [0.5, 0.2] }, /^schedule: --lr-noise must be a number, or two of which the first is smaller/],
  [{ schedOnUpdates: true }, /^schedule: --updates-per-epoch must be given/],
])("%j is refused", (given, message) => {
  const simulate = () => simulateFlags({ sched: "step", lr: 0.1, ...given }, null);
  expect(simulate).toThrow(UsageError);
  expect(simulate).toThrow(message);
});
