/** What is registered by name is never asked for by name: what differs is in its definition. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { schedulerNames } from "@tsimm/scheduler";
import { listEngines, listModels, listOptimizers, listSources, listTasks } from "tsimm";
import { expect, test } from "vitest";

const packages = fileURLToPath(new URL("../packages", import.meta.url));

/** Lines of code of a folder, without comments, tests and what is written by tests. */
async function linesOf(folder: string): Promise<{ readonly place: string; readonly line: string }[]> {
  const files = (await readdir(join(packages, folder), { recursive: true })).filter(
    (file) => /\.ts$/.test(file) && !/\.(test|fixture)\.ts$|generated/.test(file),
  );
  const texts = await Promise.all(files.map((file) => readFile(join(packages, folder, file), "utf8")));
  return texts.flatMap((text, i) =>
    text
      .replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, (comment) => comment.replace(/[^\n]/g, ""))
      .split("\n")
      .map((line, n) => ({ place: `${folder}/${files[i]}:${n + 1}`, line })),
  );
}

/** Rooms that work with definitions of these kinds, and hold none. */
const rooms = ["train", "update", "checkpoint", "listeners", "preview", "recipe", "predict", "cli"];

test("no room asks whether a schedule, an optimizer, a model, a task, a source or an engine is the one of a name", async () => {
  const names = [
    ...[...schedulerNames(), ...listOptimizers(), ...listModels(), ...listTasks()],
    ...[...listSources(), ...listEngines()],
  ];
  const name = `["'\`](?:${names.join("|")})["'\`]`;
  const question = new RegExp(`[=!]==? *${name}|${name} *[=!]==?|case ${name}|includes\\(${name}`);
  const lines = await Promise.all(rooms.map((room) => linesOf(`tsimm/src/${room}`)));
  expect(lines.flat().filter(({ line }) => question.test(line))).toEqual([]);
  const schedules = new RegExp(question.source.replace(names.join("|"), schedulerNames().join("|")));
  const scheduler = (await linesOf("scheduler/src")).filter(({ place }) => !place.includes("/math/"));
  expect(scheduler.filter(({ line }) => schedules.test(line))).toEqual([]);
});

test("the loop, the step and the checkpoint know no metric of a task and no number of classes", async () => {
  const lines = await Promise.all(
    ["train", "update", "checkpoint"].map((room) => linesOf(`tsimm/src/${room}`)),
  );
  const found = lines.flat().filter(({ line }) => /\btop[15]\b|numClasses/.test(line));
  // Files of the first version were of classifications.
  expect(found.filter(({ place }) => !place.includes("run-state-v1.ts"))).toEqual([]);
});
