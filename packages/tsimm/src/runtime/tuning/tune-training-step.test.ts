import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WayChoices } from "@tsimm/autodiff";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createModel } from "../../models/registry.ts";
import { createEngine } from "../create-engine.ts";
import { createTrainingStep } from "../training-step.ts";
import { checkedWays, type TuneOptions, tuneTrainingStep } from "./tune-training-step.ts";

let cacheDir = "";
beforeEach(async () => {
  cacheDir = await mkdtemp(join(tmpdir(), "tsimm-tune-"));
});
afterEach(() => rm(cacheDir, { recursive: true }));

const engine = await createEngine("native");
const model = createModel("test_resnet", { numClasses: 2, seed: 1 });
const layout = { batchSize: 2, height: 32, width: 32, input: "float32", threads: 1 } as const;
const key = "conv filters x 2,32,8,8 w 32,32,3,3 pads 1,1,1,1";

/** Ways, and the shapes that were measured for them. */
async function tune(options: Partial<TuneOptions> = {}): Promise<{ ways: WayChoices; measured: number }> {
  let measured = 0;
  const onMeasure = (shapes: number) => {
    measured = shapes;
  };
  const ways = await tuneTrainingStep(engine, model, {
    ...layout,
    cacheDir,
    onMeasure,
    ...options,
  } as TuneOptions);
  return { ways, measured };
}

/** Changes the kept choices. */
async function changeKept(change: (text: string) => string): Promise<number> {
  const names = (await readdir(cacheDir, { recursive: true })).filter((name) => name.endsWith(".json"));
  let changed = 0;
  for (const name of names) {
    const path = join(cacheDir, name);
    const text = await readFile(path, "utf8");
    if (change(text) === text) continue;
    changed++;
    await writeFile(path, change(text));
  }
  return changed;
}

async function lossOf(ways: WayChoices): Promise<number> {
  const net = createModel("test_resnet", { numClasses: 2, seed: 1 });
  const step = await createTrainingStep({ ...engine, ways }, net, layout);
  const images = Float32Array.from({ length: 2 * 3 * 32 * 32 }, (_, i) => Math.sin(i));
  const { loss } = await step.run(images, Float32Array.of(1, 0, 0, 1));
  await step.close();
  return loss;
}

test("what was measured once is read the next time, and is a way of each site", async () => {
  const first = await tune();
  expect(first.measured).toBe(Object.keys(first.ways).length);
  expect(first.ways[key]).toBeDefined();
  expect(await tune()).toEqual({ ways: first.ways, measured: 0 });
  expect(Math.abs((await lossOf(first.ways)) - (await lossOf({})))).toBeLessThan(1e-5);
  // Other threads are another machine.
  expect((await tune({ threads: 2, seconds: 0.001 })).measured).toBe(first.measured);
});

test("a kept choice is taken as it is; one that is damaged is measured anew", async () => {
  await tune({ seconds: 0.001 });
  const isOfKey = (text: string) => text.includes(`"${key}"`);
  const withWay = (way: string) => (text: string) =>
    isOfKey(text) ? text.replace(/"way": "[^"]*"/, `"way": "${way}"`) : text;
  expect(await changeKept(withWay("convolution"))).toBe(1);
  const taken = await tune();
  expect([taken.ways[key], taken.measured]).toEqual(["convolution", 0]);
  expect(await changeKept(withWay("constructor"))).toBe(1);
  const anew = await tune({ seconds: 0.001 });
  expect([anew.ways[key], anew.measured]).toEqual(["split-taps", 1]);
});

test("without a cache folder nothing is kept; where it cannot be made, one line says so", async () => {
  const none = await tune({ cacheDir: null, seconds: 0.001 });
  expect(none.measured).toBeGreaterThan(0);
  expect(await readdir(cacheDir)).toEqual([]);
  await writeFile(join(cacheDir, "file"), "");
  const warnings: string[] = [];
  const onWarning = (line: string) => void warnings.push(line);
  const { ways } = await tune({ cacheDir: join(cacheDir, "file"), seconds: 0.001, onWarning });
  expect(ways).toEqual(none.ways);
  expect(warnings).toEqual([expect.stringMatching(/^the fastest ways cannot be kept for the next run: /)]);
});

test("an engine that computes in WebAssembly has nothing to choose", async () => {
  const ways = await tuneTrainingStep(await createEngine("wasm"), model, { ...layout, cacheDir });
  expect(ways).toEqual({});
});

test("seconds must be a number above 0", async () => {
  await expect(tune({ seconds: 0 })).rejects.toThrow("tuneTrainingStep: seconds must be a number > 0, got 0");
});

test("ways for blocks of another processor are refused before they compute anything", async () => {
  const block = (await engine.channelBlock?.()) === 16 ? 8 : 16;
  const ways = { "conv forward x 2,32,8,8 w 32,32,3,3 pads 1,1,1,1": `blocked-${block}` };
  await expect(createTrainingStep({ ...engine, ways }, model, layout)).rejects.toThrow(
    `got "blocked-${block}" for "conv forward x 2,32,8,8 w 32,32,3,3 pads 1,1,1,1"; call tuneTrainingStep here`,
  );
});

test("recorded ways hold on another processor as far as they run and compute the same there", async () => {
  const forward = "conv forward x 2,32,8,8 w 32,32,3,3 pads 1,1,1,1";
  const block = (await engine.channelBlock?.()) === 16 ? 8 : 16;
  const choices = { [key]: "columns", [forward]: `blocked-${block}`, "conv of an older version": "any" };
  const checked = await checkedWays(engine, model, layout, { processor: "x64 Other", choices });
  expect(checked).toEqual({ ways: { [key]: "columns" }, dropped: [forward] });
});
