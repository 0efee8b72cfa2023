/** Flags of the definitions that users have registered. */
import { listSchedules } from "@tsimm/scheduler";
import { addFlags } from "./arguments.ts";
import { definitionFlagRows } from "./definition-flags.ts";
import { definitionFlags } from "./generated/built-ins.ts";

/**
 * Makes the flags of registered schedules arguments of a run.
 *
 * @throws RangeError if one has the name of another flag.
 */
export function addRegisteredFlags(): void {
  const rows = definitionFlagRows("Schedule", listSchedules());
  addFlags(rows.filter(([name]) => !Object.hasOwn(definitionFlags, name)));
}
