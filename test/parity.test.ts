/** PARITY.md names everything that timm has, each once, and says of each what is true. */
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { listModels } from "../packages/tsimm/src/models/registry.ts";
import { listOptimizers } from "../packages/tsimm/src/optim/optimizers.ts";
import { separated, trainFlagRows } from "../packages/tsimm/src/recipe/arguments.ts";
import { timmFlags } from "../packages/tsimm/src/recipe/timm-flags.ts";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

/** Printed by the real timm. */
const timm: {
  readonly timm: string;
  readonly optimizers: readonly string[];
  readonly operations: readonly string[];
  readonly readers: readonly string[];
  readonly models: Readonly<Record<string, readonly string[]>>;
} = JSON.parse(read("test/golden/timm-names.json"));

/** Names of the first column of a section's table, with their second and third. */
function entries(heading: string): { readonly name: string; readonly here: string; readonly note: string }[] {
  const [, ...sections] = read("PARITY.md").split(`### ${heading}\n`);
  expect(sections).toHaveLength(1);
  const section = sections[0]?.split(/^##/m)[0] ?? "";
  const rows = section.split("\n").filter((line) => line.startsWith("| `"));
  return rows.flatMap((row) => {
    const [, names = "", here = "", note = ""] = row.split("|").map((cell) => cell.trim());
    return [...names.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => ({ name, here, note }));
  });
}

const named = (heading: string, ...fates: string[]) =>
  entries(heading)
    .filter(({ here }) => fates.length === 0 || fates.includes(here))
    .map(({ name }) => name)
    .toSorted();

test("every optimizer of timm is named once, and those that are here are", () => {
  const heading = "Names of optimizers";
  expect(named(heading)).toEqual(timm.optimizers.toSorted());
  expect(named(heading, "same", "differs")).toEqual(listOptimizers().toSorted());
  expect(named(heading, "same", "differs", "not here")).toEqual(named(heading));
  for (const { name, here, note } of entries(heading)) {
    if (here === "not here") expect([name, note]).toEqual([name, expect.stringMatching(/\w/)]);
  }
});

test("every flag of train.py is named once, with the fate that it has", () => {
  const heading = "Flags of `train.py`";
  const keys = Object.keys(parse(read("test/golden/timm-train-defaults.yaml"), { version: "1.1" }));
  const keysOf = (...fates: string[]) =>
    named(heading, ...fates)
      .map((name) => name.replace(/^--/, "").replaceAll("-", "_"))
      .toSorted();
  expect(keysOf()).toEqual(keys.toSorted());
  const ofFate = (...fates: string[]) =>
    keys.filter((key) => fates.includes(timmFlags[key]?.fate ?? "")).toSorted();
  expect(keysOf("no effect here")).toEqual(ofFate("no effect"));
  expect(keysOf("not offered")).toEqual(ofFate("not offered", "refines"));
  // `data` is timm's other name of `data_dir`.
  const rows = new Set(["data", ...trainFlagRows().map(([name]) => separated(name, "_"))]);
  expect(keysOf("same", "differs")).toEqual(keys.filter((key) => rows.has(key)).toSorted());
});

test("every module of models is named once, with as many of its models as are here", () => {
  const heading = "Families of models";
  expect(named(heading)).toEqual(Object.keys(timm.models).toSorted());
  const ours = new Set<string>(listModels());
  const count = Object.values(timm.models).reduce((sum, models) => sum + models.length, 0);
  expect(read("PARITY.md")).toContain(
    `timm has ${count} models in ${Object.keys(timm.models).length} modules.`,
  );
  for (const { name, here } of entries(heading)) {
    const models = timm.models[name] ?? [];
    const known = models.filter((model) => ours.has(model)).length;
    expect([name, here]).toEqual([name, known === 0 ? "not here" : `${known} of ${models.length}`]);
  }
});

test("every operation of augmentation, and every reader, is named once", () => {
  const heading = "Augmentation and data";
  const all = new Set<string>([...timm.operations, ...timm.readers]);
  expect(named(heading).filter((name) => all.has(name))).toEqual([...all].toSorted());
});
