import { defineSchedule, registerSchedule, type ScheduleFlag } from "@tsimm/scheduler";
import { expect, test } from "vitest";
import { findFlag, resolveArguments } from "./arguments.ts";
import { checkArguments } from "./check-arguments.ts";
import { addRegisteredFlags } from "./registered-flags.ts";

const build = () => (base: number) => () => base;
const register = (name: string, flags: Readonly<Record<string, ScheduleFlag>>) =>
  registerSchedule(defineSchedule({ name, checks: {}, build, flags }));
const share = { type: "float", default: 0.5, min: 0, max: 1, help: "share of the run" } as const;

test("flags of registered schedules are arguments, of several schedules too", () => {
  const given = { sched: "cosine" as const, ...{ flatShare: 2 } };
  expect(() => checkArguments(given)).toThrow('train: unknown option "flatShare"');
  register("flat", { flatShare: share });
  addRegisteredFlags();
  register("flatter", { flatShare: share });
  addRegisteredFlags();
  expect(findFlag("flatShare")).toMatchObject({ default: 0.5, help: "share of the run (flat)" });
  expect(resolveArguments({})).toMatchObject({ flatShare: 0.5 });
  expect(() => checkArguments(given)).toThrow("train: --flat-share must be a number >= 0 and <= 1, got 2");
});

test("a flag with the name of another is an error", () => {
  register("clash", { epochs: { type: "int", default: 3, help: "something else" } });
  expect(addRegisteredFlags).toThrow(
    'addFlags: --epochs must be a new flag, got one that means "epochs to train"; rename it',
  );
});
