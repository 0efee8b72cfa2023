import { describe, expect, test } from "vitest";
import type { TrainArguments } from "../recipe/arguments.ts";
import { resolveArguments } from "../recipe/resolve-arguments.ts";
import { simulateRun } from "../recipe/simulate-run.ts";
import { eventTable } from "./event-table.ts";
import { scheduleEvents } from "./events.ts";

const events = (given: Partial<TrainArguments>, updatesPerEpoch: number | null = null) =>
  scheduleEvents(simulateRun(resolveArguments({ lr: 0.1, warmupEpochs: 0 }, given), updatesPerEpoch)).map(
    ({ t, rate, what }) => [t, Number(rate.toPrecision(4)), what],
  );

describe("scheduleEvents", () => {
  test("warm-up and decays of step", () => {
    expect(events({ sched: "step", epochs: 90, decayEpochs: 30, warmupEpochs: 5 })).toEqual([
      [0, 1e-5, "warm-up begins"],
      [5, 0.1, "warm-up ends"],
      [30, 0.01, "rate × 0.1"],
      [60, 0.001, "rate × 0.1"],
      [89, 0.001, "last epoch"],
    ]);
  });

  test("multistep decays an epoch before the milestone, as in timm", () => {
    expect(events({ sched: "multistep", epochs: 6, decayMilestones: [3, 5] })).toEqual([
      [0, 0.1, "start"],
      [2, 0.01, "rate × 0.1"],
      [4, 0.001, "rate × 0.1"],
      [5, 0.001, "last epoch"],
    ]);
  });

  test.each(["cosine", "tanh", "poly"] as const)(
    "restarts of %s, also where the rate does not rise",
    (sched) => {
      const found = events({
        sched,
        epochs: 10,
        lrCycleLimit: 3,
        lrCycleDecay: 0.5,
        power: 0.1,
        cooldownEpochs: 2,
      });
      expect(found.map(([t, , what]) => [t, what])).toEqual([
        [0, "start"],
        [10, "cycle restarts"],
        [20, "cycle restarts"],
        [30, "minimum reached"],
        [31, "last epoch"],
      ]);
    },
  );

  test("a restart that the warm-up hides is none", () => {
    expect(events({ epochs: 4, lrCycleLimit: 2, warmupEpochs: 6 }).map(([, , what]) => what)).toEqual([
      "warm-up begins",
      "warm-up ends",
      "last epoch",
    ]);
  });

  test("the peak of onecycle and the decay of wsd", () => {
    expect(events({ sched: "onecycle", epochs: 10 })).toEqual([
      [0, 0.004, "start"],
      [3, 0.1, "peak"],
      [9, 0.004952, "last epoch"],
    ]);
    expect(events({ sched: "wsd", epochs: 10, decayEpochs: 4, cooldownEpochs: 1 })).toEqual([
      [0, 0.1, "start"],
      [6, 0.1, "decay begins"],
      [10, 0, "minimum reached, last epoch"],
    ]);
  });

  test("noise", () => {
    expect(events({ sched: "constant", epochs: 10, lrNoise: [0.2, 0.5] })).toEqual([
      [0, 0.1, "start"],
      [2, 0.1, "noise begins"],
      [5, 0.1, "noise ends"],
      [9, 0.1, "last epoch"],
    ]);
    expect(events({ sched: "constant", epochs: 10, lrNoise: [0.2] }).map(([t]) => t)).toEqual([0, 2, 9]);
  });

  test("a run of one epoch, or one that the warm-up fills", () => {
    expect(events({ sched: "step", epochs: 1 })).toEqual([[0, 0.1, "start, last epoch"]]);
    expect(events({ sched: "onecycle", epochs: 3, warmupEpochs: 3 }).map(([, , what]) => what)).toEqual([
      "warm-up begins",
      "last epoch",
    ]);
  });
});

describe("eventTable", () => {
  const row = (t: number) => ({ t, rate: 0.5 ** t, what: "rate × 0.5" });

  test("aligns its columns, and tells updates and epochs", () => {
    expect(eventTable([row(0), { t: 1250, rate: 1e-5, what: "last" }], "update", 500)).toEqual([
      "  update  epoch  rate",
      "       0      0     1  rate × 0.5",
      "    1250    2.5  1e-5  last",
    ]);
  });

  test("shows the first and the last of very many", () => {
    const lines = eventTable(
      Array.from({ length: 100 }, (_, t) => row(t)),
      "epoch",
      null,
    );
    expect(lines).toHaveLength(25);
    expect(lines.slice(19, 23).map((line) => line.trim().split(/ +/)[0])).toEqual(["18", "…", "96", "97"]);
    expect(lines[20]).toBe("  … 77 more");
  });

  test("shows all of a few", () => {
    expect(
      eventTable(
        Array.from({ length: 23 }, (_, t) => row(t)),
        "epoch",
        null,
      ),
    ).toHaveLength(24);
  });
});
