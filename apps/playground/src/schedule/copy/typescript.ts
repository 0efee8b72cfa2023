import * as schedulers from "@tsimm/scheduler";
import { shortNumber } from "../short-number.ts";
import type { CopiedSchedule, OptionValue } from "./copied-schedule.ts";
import { bracketed, numberList } from "./layout.ts";

/**
 * A schedule as a program in TypeScript, complete with its imports, that prints the rates.
 *
 * @param schedule - One that a program has registered is made by its name; all others are an instance of their class.
 */
export function typescriptText(schedule: CopiedSchedule): string {
  const { className, lr, lrScales } = schedule;
  const isBuiltIn = Object.hasOwn(schedulers, className);
  const rate = shortNumber(lr);
  const groups = lrScales.map((scale, i) =>
    i === 0 ? `{ lr: ${rate} }` : `{ lr: ${rate}, lrScale: ${shortNumber(scale)} }`,
  );
  return [
    `import { ${isBuiltIn ? className : "createScheduler"} } from "@tsimm/scheduler";`,
    ...(isBuiltIn
      ? []
      : [`// Register ${JSON.stringify(schedule.flags.sched)} before, with registerSchedule.`]),
    "",
    ...bracketed("const optimizer = { paramGroups: [", groups, "] };"),
    ...(isBuiltIn ? classLines(schedule) : factoryLines(schedule)),
    ...metricLines(schedule),
    "",
    ...loopLines(schedule),
    "",
  ].join("\n");
}

function classLines({ className, options }: CopiedSchedule): readonly string[] {
  const words = [...options].map(([name, value]) => `${name}: ${literal(value)}`);
  if (words.length === 0) return [`const scheduler = new ${className}(optimizer, {});`];
  return bracketed(`const scheduler = new ${className}(optimizer, {`, words, "});", " ");
}

function factoryLines({ flags, parameters, unit, updatesPerEpoch }: CopiedSchedule): readonly string[] {
  const values = new Map<string, unknown>(Object.entries(flags));
  const words = parameters.flatMap(({ name }) => {
    const value = values.get(name);
    return name === "lr" || value === null || value === undefined
      ? []
      : [`${name}: ${JSON.stringify(value)}`];
  });
  const all = [`sched: ${JSON.stringify(flags.sched)}`, ...words];
  const options = unit === "update" ? `, { updatesPerEpoch: ${updatesPerEpoch} }` : "";
  return [
    ...bracketed("const args = {", all, "};", " "),
    `const { scheduler } = createScheduler(args, optimizer${options});`,
  ];
}

function metricLines({ metric }: CopiedSchedule): readonly string[] {
  if (metric === null) return [];
  return [
    "",
    "// The metric of each epoch: yours, from validation.",
    ...numberList("const metrics = [", metric, "];"),
  ];
}

function loopLines({ unit, numEpochs, updatesPerEpoch, metric }: CopiedSchedule): readonly string[] {
  const rates = "...optimizer.paramGroups.map(({ lr }) => lr)";
  const epochs = `for (let epoch = 0; epoch < ${numEpochs}; epoch++) {`;
  if (unit === "update") {
    return [
      ...[epochs, `  for (let i = 0; i < ${updatesPerEpoch}; i++) {`],
      `    const numUpdates = epoch * ${updatesPerEpoch} + i;`,
      "    // Train on a batch with these rates.",
      `    console.log(numUpdates, ${rates});`,
      ...["    scheduler.stepUpdate(numUpdates + 1);", "  }", "}"],
    ];
  }
  const step = metric === null ? "epoch + 1" : "epoch + 1, metrics[epoch] ?? metrics.at(-1)";
  return [
    ...[epochs, "  // Train an epoch with these rates.", `  console.log(epoch, ${rates});`],
    ...[`  scheduler.step(${step});`, "}"],
  ];
}

function literal(value: OptionValue): string {
  if (typeof value === "number") return shortNumber(value);
  return Array.isArray(value) ? `[${value.map(shortNumber).join(", ")}]` : JSON.stringify(value);
}
