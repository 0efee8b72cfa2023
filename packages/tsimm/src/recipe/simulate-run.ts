/** The learning rates of a run, from its flags. */
import { type SimulatedSchedule, type SimulationOptions, simulateSchedule } from "../preview/simulate.ts";
import type { TrainArguments } from "./arguments.ts";
import { fromFlags } from "./from-flags.ts";
import { learningRate } from "./learning-rate.ts";

/**
 * The rates of {@link simulateSchedule}, with the base rate that follows from the batch size where none is given.
 *
 * @param args - Arguments of training.
 * @param updatesPerEpoch - Updates in an epoch; needed where t counts updates, else null will do.
 * @param options - Which t to take, and the command.
 * @throws UsageError if the arguments describe no schedule, or one too long to show.
 */
export function simulateRun(
  args: TrainArguments,
  updatesPerEpoch: number | null,
  options: SimulationOptions = {},
): SimulatedSchedule {
  const { lr } = learningRate(args);
  const { command = "schedule" } = options;
  return fromFlags(command, args, () => simulateSchedule({ ...args, lr }, updatesPerEpoch, options));
}
