import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parseCsv } from "../data/csv/parse-csv.ts";
import type { Metric, OutputMetric } from "../task/task.ts";
import { perClassCsv, perClassListener } from "./per-class-csv.ts";
import { play, runEnded, runStarted } from "./run-events.fixture.ts";

const outputMetric: Metric = {
  ...{ name: "accuracy", label: "accuracy", unit: "%", better: "higher", panel: "accuracy (%)" },
};
const byOutput: readonly OutputMetric[] = [
  { label: "cat", images: 4, value: 75 },
  { label: "dog", images: 3, value: 100 / 3 },
];

let folder = "";
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-per-class-"));
});
afterEach(() => rm(folder, { recursive: true }));

const written = () => readFile(join(folder, "per-class.csv"), "utf8");

test("holds the metric of each class when the run has finished, and says once that it was written", async () => {
  const names: string[] = [];
  const listener = perClassListener(folder, { onWrite: (name) => names.push(name) });
  await play(listener, [runStarted({ outputMetric }), { ...runEnded, byOutput }]);
  expect(await written()).toBe("name,images,accuracy\r\ncat,4,75\r\ndog,3,33.333333333333336\r\n");
  await play(listener, [runStarted({ outputMetric }), { ...runEnded, byOutput }]);
  expect(names).toEqual(["per-class.csv"]);
});

test.each(["stopped", "failed"] as const)("is not written by a run that has %s", async (outcome) => {
  await play(perClassListener(folder), [runStarted({ outputMetric }), { ...runEnded, outcome, byOutput }]);
  expect(await readdir(folder)).toEqual([]);
});

test("is not there after a run without classes, such as one without validation", async () => {
  for (const events of [
    [runStarted({ outputMetric }), { ...runEnded, byOutput: [] }],
    [runStarted({ outputMetric: null }), { ...runEnded, byOutput }],
  ]) {
    await writeFile(join(folder, "per-class.csv"), "of an earlier session");
    await play(perClassListener(folder), events);
    expect(await readdir(folder)).toEqual([]);
  }
});

test.each(['a "dog", wet', "two\nlines", "two\r\nlines", "plain", "semi;colon", ""])(
  "is read back as it was, of a class %j",
  (label) => {
    const text = perClassCsv([{ label, images: 1, value: 0.5 }], "ap");
    const rows = [...parseCsv(text, (problem) => new Error(problem))];
    expect(rows.map(({ cells }) => cells)).toEqual([
      ["name", "images", "ap"],
      [label, "1", "0.5"],
    ]);
  },
);
