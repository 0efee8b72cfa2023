/** `tsimm schedule`. */
import { Command, InvalidArgumentError } from "commander";
import { comparisonWords } from "../../preview/comparison.ts";
import { type ArgumentName, type TrainArguments, trainFlagRows } from "../../recipe/arguments.ts";
import { UsageError } from "../../usage-error.ts";
import { commandHeads } from "../command-heads.ts";
import { expandFlags } from "../expand-flags.ts";
import { addTrainOptions, givenArguments } from "../train-options.ts";

/** Flags outside the group "Schedule" from which the rate, the noise or a warning is derived. */
const ALSO: readonly ArgumentName[] = [
  "numClasses",
  "batchSize",
  "gradAccumSteps",
  "opt",
  "seed",
  "evalMetric",
];

const rows = trainFlagRows().filter(
  ([name, { group }]) => ALSO.includes(name) || (group === "Schedule" && name !== "startEpoch"),
);

interface ScheduleOptions {
  readonly compare?: string[];
  readonly config?: string;
  readonly updatesPerEpoch?: number;
  readonly logScale?: true;
  readonly output?: string;
}

/** The command that shows learning rates before the run. */
export function scheduleCommand(): Command {
  const command = new Command("schedule")
    .description(commandHeads.schedule.description)
    .option(
      "--compare <schedule...>",
      "more schedules in the same figure: names, with settings of their own after a colon, e.g. cosine step:decay-rate=0.5,warmup-prefix",
    )
    .option(
      "-c, --config <file>",
      "the curve of a run: its args.yaml, timm's or ours; flags given here beat it",
    )
    .option(
      "--updates-per-epoch <int>",
      "updates in an epoch, needed with --sched-on-updates; absent: those of the images that --config names",
      positiveInteger,
    )
    .option("--log-scale", "logarithmic axis")
    .option(
      "-o, --output <file>",
      "write the curve to a .svg, .png, .csv or .json file instead of plotting it here",
    );
  addTrainOptions(command, rows);
  return command.action(async (options: ScheduleOptions) => {
    const flags = givenArguments(command, undefined, rows);
    const asked = options.updatesPerEpoch ?? null;
    const { given, updatesPerEpoch } =
      options.config === undefined
        ? { given: flags, updatesPerEpoch: asked }
        : await configured(options.config, flags, asked);
    const { showSchedules } = await import("../show-schedules.ts");
    await showSchedules({
      schedules: [
        { label: "", given },
        ...(options.compare ?? []).map((text) => ({ label: text, given: { ...given, ...compared(text) } })),
      ],
      updatesPerEpoch,
      log: options.logScale ?? false,
      output: options.output ?? null,
    });
  });
}

/** The schedule of a file; other settings in it change none. */
async function configured(
  file: string,
  flags: Partial<TrainArguments>,
  asked: number | null,
): Promise<{ readonly given: Partial<TrainArguments>; readonly updatesPerEpoch: number | null }> {
  const { readRunSchedule } = await import("../../recipe/run-schedule.ts");
  const names = rows.map(([name]) => name);
  const { given, updates } = await readRunSchedule(file, { names, flags, asked });
  if (updates !== null) process.stderr.write(`${updates.explanation}\n`);
  return { given, updatesPerEpoch: asked ?? updates?.perEpoch ?? null };
}

/** The arguments of a schedule of `--compare`. */
function compared(text: string): Partial<TrainArguments> {
  const command = new Command().exitOverride().configureOutput({ writeErr() {} });
  addTrainOptions(command, rows);
  const flags = command.options.map(({ long }) => long ?? "");
  try {
    command.parse(expandFlags(comparisonWords(text), flags), { from: "user" });
  } catch (error) {
    const reason = (error as Error).message.replace(/^error: /, "");
    throw new UsageError(`schedule: --compare ${JSON.stringify(text)}: ${reason}`);
  }
  return givenArguments(command, undefined, rows);
}

function positiveInteger(text: string): number {
  const value = Number(text);
  if (!(Number.isSafeInteger(value) && value > 0))
    throw new InvalidArgumentError("It must be an integer > 0.");
  return value;
}
