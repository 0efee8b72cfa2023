import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import type { ScheduleDefinition } from "../define-schedule.ts";
import { builtInSchedules } from "./index.ts";

const isDefinition = (value: unknown): value is ScheduleDefinition =>
  typeof value === "object" && value !== null && "build" in value && "traits" in value;

test("the schedules that are built in are all that a file of this room defines", async () => {
  const files = readdirSync(new URL(".", import.meta.url)).filter(
    (file) => /-lr\.ts$|-scheduler\.ts$/.test(file) && !file.endsWith(".test.ts"),
  );
  const modules = await Promise.all(
    files.map(
      (file): Promise<object> => import(/* @vite-ignore */ fileURLToPath(new URL(file, import.meta.url))),
    ),
  );
  const defined = modules.flatMap((module) => Object.values(module)).filter(isDefinition);
  expect(defined.map(({ name }) => name)).toHaveLength(files.length);
  expect(new Set(builtInSchedules.map(({ name }) => name))).toEqual(new Set(defined.map(({ name }) => name)));
});
