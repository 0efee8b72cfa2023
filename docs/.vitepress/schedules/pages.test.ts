/** Every schedule has a page, every built-in one prose, and what the pages say is true. */
import { readFileSync } from "node:fs";
import * as scheduler from "@tsimm/scheduler";
import { defineSchedule, number, registerSchedule, schedulerNames } from "@tsimm/scheduler";
import { describe, expect, test } from "vitest";
import { calculateCurve } from "../../../apps/playground/src/schedule/calculate-curve.ts";
import { parametersOf } from "../../../apps/playground/src/schedule/parameters.ts";
import { compileBlock } from "../../../test/doc-blocks.fixture.ts";
import { optionRows, statedDefault } from "./option-rows.ts";
import { pageNames, schedulePages } from "./overview.ts";
import { readProse } from "./prose.ts";
import { schedulePage } from "./schedule-page.ts";
import { signatureText } from "./signature.ts";
import { exportFacts } from "./source-facts.ts";
import { FUNCTION_PAGE, subjectOf } from "./subject.ts";

const builtIn = pageNames();

describe.each(builtIn)("page of %s", (name) => {
  test("has prose with all its sections", () => {
    const sections = [...(readProse(name)?.sections.keys() ?? [])];
    expect(sections).toEqual(["When to use it", "Formula", "Pitfalls", "Coming from"]);
  });

  test("names every symbol of the formula", () => {
    const formula = readProse(name)?.sections.get("Formula") ?? "";
    expect(formula).toContain("| symbol | is |");
  });

  test("has every option of the class, with its meaning and its true default", () => {
    const subject = subjectOf(name);
    const rows = optionRows(subject);
    expect(rows.map((row) => row.name).sort()).toEqual([...(subject.optionFacts?.keys() ?? [])].sort());
    for (const { name: option, meaning } of rows) expect(meaning, option).toMatch(/\S\.$|…$/);
  });

  test("has a figure with sliders that there are, and a curve", () => {
    const figure = readProse(name)?.figure;
    if (!figure) return expect(name).toBe(FUNCTION_PAGE);
    const { args, controls } = figure;
    const known = parametersOf(name, args).map((parameter) => parameter.name);
    expect(known).toEqual(expect.arrayContaining([...controls, ...Object.keys(args)]));
    const settings = { sched: name, args, groups: [], metric: null };
    expect(calculateCurve(settings, { updatesPerEpoch: 100 }).error).toBeNull();
  });

  test("is right where it says that a flag is missing", () => {
    const pitfalls = readProse(name)?.sections.get("Pitfalls") ?? "";
    const missing: readonly string[] =
      /has no flags? for ([^:]*):/.exec(pitfalls)?.[1]?.match(/\w+(?=`)/g) ?? [];
    const rows = optionRows(subjectOf(name)).filter((row) => missing.includes(row.name));
    expect(rows.map(({ flag }) => flag)).toEqual(missing.map(() => null));
  });

  test("has TypeScript that runs", async () => {
    const blocks = [...schedulePage(name).matchAll(/^```ts(?: \[tsimm\])?\n(.*?)^```$/gms)];
    for (const [, code = ""] of blocks) {
      const program = compileBlock({ place: name, file: name, code });
      const check = (actual: unknown, expected: unknown) => expect(actual, code).toEqual(expected);
      const names = { check, load: () => scheduler, console: { log() {} } };
      await new Function(...Object.keys(names), program)(...Object.values(names));
    }
    expect(blocks.length).toBeGreaterThan(0);
  });
});

test("a default that a comment states is what the class takes", () => {
  expect(statedDefault("Factor, finite, >= 0, default 0.5.")).toBe("0.5");
  expect(statedDefault('`"linear"` (the default) or `"cosine"`.')).toBe('"linear"');
  expect(statedDefault("Length, default `warmupT`.")).toBe("warmupT");
  expect(statedDefault("Length in t.")).toBeNull();
  for (const name of builtIn) {
    const { make, example, optionFacts, required } = subjectOf(name);
    const marked = [...(optionFacts ?? [])].filter(([, { isRequired }]) => isRequired);
    expect(marked.map(([option]) => option).sort()).toEqual([...required].sort());
    const given = Object.fromEntries(required.map((option) => [option, example[option]]));
    const taken = make(0.1, { ...given, warmupT: 10 }).stateDict().options;
    for (const [option, { comment }] of optionFacts ?? []) {
      const stated = statedDefault(comment);
      // Those are names of other options, and what was given above.
      if (stated === null || option === "warmupT" || /^[a-z]+T$/.test(stated)) continue;
      expect(JSON.parse(stated), `${name}: ${option}`).toEqual(taken[option]);
    }
  }
});

test("the signature of the tutorial's class", () => {
  expect(signatureText(subjectOf("step"))).toBe(`new StepLRScheduler(optimizer, {
  decayT, decayRate = 1, warmupT = 0, warmupLrInit = 0,
  warmupPrefix = false, noiseRangeT = null, noisePct = 0.67,
  noiseStd = 1, noiseSeed = 42, noiseType = "normal", tInEpochs = true,
  initialize = true, paramGroupField = "lr",
})`);
  const facts = exportFacts("StepLRScheduler");
  expect(facts?.file).toBe("packages/scheduler/src/schedules/step-lr.ts");
  expect(facts?.link).toMatch(/\/packages\/scheduler\/src\/schedules\/step-lr\.ts#L\d+$/);
  expect(exportFacts("NoSuchExport")).toBeNull();
});

test("the list has a drawing and a row for every page", () => {
  const [list, ...pages] = schedulePages();
  expect(pages.map(({ address }) => address)).toEqual(builtIn.map((name) => `schedules/${name}`));
  expect(list?.markdown.match(/<svg class="sketch"/g)).toHaveLength(builtIn.length);
  for (const { markdown } of [list, ...pages].filter((page) => page !== undefined)) {
    expect(markdown).not.toMatch(/[MHV ]NaN[HV" ]\d|undefined|<!--/);
  }
});

test("a schedule that is new has a page by itself", () => {
  registerSchedule(
    defineSchedule({
      name: "halving",
      checks: { halfLife: number({ above: 0 }) },
      build:
        ({ halfLife }) =>
        (base) =>
        (t) =>
          base * 0.5 ** (t / halfLife),
      flags: { halfLife: { type: "float", default: 10, above: 0, help: "epochs in which the rate halves" } },
    }),
  );
  expect(schedulerNames()).toContain("halving");
  const page = schedulePage("halving");
  expect(page).toContain("# halving");
  expect(page).toContain('<ScheduleFigure sched="halving"');
  expect(page).toContain("a finite number &gt; 0");
  expect(page).toContain("--half-life");
  expect(page).not.toContain("## Coming from");
});

test("every slider of the tutorial's figures is one of its schedule", () => {
  const page = readFileSync(new URL("../../tutorial/step-lr-scheduler.md", import.meta.url), "utf8");
  const lists = [...page.matchAll(/:controls="\[([^\]]*)\]"/g)];
  const names = lists.flatMap(([, list = ""]) => list.match(/\w+/g) ?? []);
  expect(lists.length).toBeGreaterThan(8);
  expect(parametersOf("step").map(({ name }) => name)).toEqual(expect.arrayContaining(names));
});
