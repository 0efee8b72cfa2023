/** Subject of a page: a schedule, its class and its function. */
import {
  type Check,
  createSchedulerV2,
  DefinedScheduler,
  FunctionScheduler,
  findSchedule,
  type ScheduleDefinition,
  type Scheduler,
} from "@tsimm/scheduler";
import { type ExportFacts, exportFacts, interfaceOptions, type OptionFacts } from "./source-facts.ts";

/** Subject of a page. */
export interface Subject {
  /** Name of the page and, unless it is that of functions, of the schedule. */
  readonly name: string;
  readonly definition: ScheduleDefinition | null;
  /** Class that drives groups; null: one that the package does not export. */
  readonly className: string | null;
  readonly classFacts: ExportFacts | null;
  /** The schedule as a function of t, where there is one. */
  readonly functionFacts: ExportFacts | null;
  /** Options of the class, from the source; null: it has none there. */
  readonly optionFacts: ReadonlyMap<string, OptionFacts> | null;
  /** Options without which nothing can be made. */
  readonly required: readonly string[];
  /** Valid options of its own, all that are required among them. */
  readonly example: Readonly<Record<string, unknown>>;
  /** Makes a scheduler with a base value. */
  make(base: number, options: object): Scheduler;
}

/** Name of the page on functions of one's own. */
export const FUNCTION_PAGE = "function";

/**
 * The subject of a page.
 *
 * @param name - Name of a schedule, or {@link FUNCTION_PAGE}.
 * @throws RangeError for a name that no schedule has.
 */
export function subjectOf(name: string): Subject {
  if (name === FUNCTION_PAGE) {
    return {
      ...{ name, definition: null, ...namesOf("FunctionScheduler") },
      functionFacts: exportFacts("joinSchedules"),
      required: ["schedule"],
      example: { schedule: swings },
      make: (base, options) =>
        new FunctionScheduler(
          { paramGroups: [{ lr: base }] },
          {
            schedule: (_, value) => value,
            ...options,
          },
        ),
    };
  }
  const definition = findSchedule(name);
  const sched = definition.name;
  const { scheduler } = createSchedulerV2({ paramGroups: [{ lr: 0.1 }] }, { sched, warmupEpochs: 10 });
  const resolved = scheduler.stateDict().options;
  const checks: [string, Check<unknown>][] = Object.entries(definition.checks);
  const own = checks.filter(([option, check]) => accepts(check, resolved[option]));
  const required = checks.filter(([, check]) => !accepts(check, undefined));
  return {
    ...{ name, definition, ...namesOf(scheduler.constructor.name) },
    required: required.map(([option]) => option),
    example: Object.fromEntries(own.map(([option]) => [option, resolved[option]])),
    make(base, options) {
      const optimizer = { paramGroups: [{ lr: base }] };
      return (
        definition.scheduler?.(optimizer, options) ?? new DefinedScheduler(optimizer, definition, options)
      );
    },
  };
}

function namesOf(className: string) {
  const isGeneric = className === DefinedScheduler.name;
  return {
    className: isGeneric ? null : className,
    classFacts: isGeneric ? null : exportFacts(className),
    functionFacts: isGeneric ? null : exportFacts(functionName(className)),
    optionFacts: interfaceOptions(`${className}Options`),
  };
}

/** A function that no schedule with a name is, for the drawing. */
function swings(t: number, base: number): number {
  return (base * (1.2 + Math.cos(t / 20))) / (1 + t / 150);
}

/** Some classes save 0 for what was not given. */
function accepts(check: Check<unknown>, value: unknown): boolean {
  try {
    check(value, "subjectOf", "option");
    return true;
  } catch {
    return false;
  }
}

/** `StepLRScheduler` → `stepLr`, `WSDLRScheduler` → `wsdLr`. */
function functionName(className: string): string {
  const stem = className.replace(/LRScheduler$/, "");
  const first = /^[A-Z]+$/.test(stem) ? stem.toLowerCase() : (stem[0]?.toLowerCase() ?? "") + stem.slice(1);
  return `${first}Lr`;
}
