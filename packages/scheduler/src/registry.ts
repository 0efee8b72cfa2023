import type { ScheduleDefinition } from "./define-schedule.ts";
import { refusal } from "./errors.ts";
import { didYouMean } from "./nearest-name.ts";
import { builtInSchedules, type SchedulerName } from "./schedules/index.ts";

/** A schedule that the factory knows by its name. */
export interface NamedSchedule extends ScheduleDefinition {
  readonly name: SchedulerName;
}

const schedules = new Map<unknown, NamedSchedule>(
  builtInSchedules.filter(hasName).map((definition) => [definition.name, definition]),
);

/**
 * Makes a schedule known by its name, to {@link createScheduler} and all that lists schedules.
 *
 * @param definition - What {@link defineSchedule} returned; the same one again changes nothing.
 * @throws TypeError for what is no definition or has no name, RangeError for a name that another schedule has.
 * @example
 * const build = () => (base: number) => (t: number) => base / (1 + t);
 * registerSchedule(defineSchedule({ name: "harmonic", checks: {}, build }));
 * const optimizer = { paramGroups: [{ lr: 0.1 }] };
 * const { scheduler } = createScheduler({ sched: "harmonic", epochs: 9, warmupEpochs: 0 }, optimizer);
 * scheduler.getEpochValues(1); // => [0.05]
 */
export function registerSchedule(definition: ScheduleDefinition): void {
  const where = "registerSchedule";
  if (!definition?.traits || !definition.flags) {
    throw new TypeError(refusal(where, "definition", "what defineSchedule returned", definition));
  }
  if (!hasName(definition)) throw new TypeError(refusal(where, "name", "a name", definition.name));
  const same = scheduleNamed(definition.name);
  if (same === definition) return;
  if (same) {
    const allowed = "one that no other schedule has";
    throw new RangeError(refusal(where, "name", allowed, same.name, "choose another"));
  }
  schedules.set(definition.name, definition);
}

/**
 * Every schedule with a name: those built in, then those that were registered.
 *
 * @example
 * listSchedules().filter(({ traits }) => traits.cyclic).map(({ name }) => name); // => ["cosine", "poly", "tanh"]
 */
export function listSchedules(): readonly NamedSchedule[] {
  return [...schedules.values()];
}

/**
 * The schedule of a name, for what depends on its traits.
 *
 * @throws RangeError for a name that no schedule has, with the nearest one.
 * @example
 * findSchedule("step").traits.stepped; // => true
 */
export function findSchedule(name: string): NamedSchedule {
  return readSchedule(name, "findSchedule", "name");
}

/**
 * The names that {@link createScheduler} and {@link createSchedulerV2} know: of schedules that are built in, then of those
 * that were registered.
 *
 * @example
 * schedulerNames().includes("step"); // => true
 */
export function schedulerNames(): SchedulerName[] {
  return listSchedules().map(({ name }) => name);
}

/** Names of the flags of a schedule's own options; none if there is no such schedule. */
export function ownFlags(sched: unknown): string[] {
  return Object.keys(scheduleNamed(sched)?.flags ?? {});
}

/** The schedule of a name, if there is one. */
export function scheduleNamed(name: unknown): NamedSchedule | undefined {
  return schedules.get(name);
}

/**
 * The schedule of a name.
 *
 * @param where - Class or function, for the message.
 * @param option - Option that holds the name, for the message.
 * @throws TypeError for a name that is no text, RangeError for one that no schedule has.
 */
export function readSchedule(name: unknown, where: string, option: string): NamedSchedule {
  const definition = scheduleNamed(name);
  if (definition) return definition;
  const names = schedulerNames();
  const allowed = `one of ${names.join(", ")}`;
  if (typeof name !== "string") throw new TypeError(refusal(where, option, allowed, name));
  const advice = name === "none" ? 'use "constant" for a flat rate' : didYouMean(name, names);
  throw new RangeError(refusal(where, option, allowed, name, advice));
}

function hasName(definition: ScheduleDefinition): definition is NamedSchedule {
  return definition.name !== null;
}
