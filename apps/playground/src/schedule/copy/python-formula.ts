/** Schedules that timm does not have, in plain Python. */
import { shortNumber } from "../short-number.ts";
import type { CopiedSchedule } from "./copied-schedule.ts";

/** Body of `schedule(t)` and what stands before it, from the options of the class. */
type Formula = (options: Readonly<Record<string, unknown>>) => {
  /** Constants. */
  readonly constants: readonly (readonly [string, unknown])[];
  readonly body: readonly string[];
  /** Value that a warm-up runs to; absent: `base`. */
  readonly end?: string;
};

const formulas: Readonly<Record<string, Formula>> = {
  constant: () => ({ constants: [], body: ["return base"] }),
  linear: ({ tInitial, lrMin }) => ({
    constants: [
      ["t_initial", tInitial],
      ["lr_min", lrMin],
    ],
    body: ["return lr_min + (base - lr_min) * (1 - min(t / t_initial, 1))"],
  }),
  exponential: ({ decayRate, decayT, lrMin }) => ({
    constants: [
      ["decay_rate", decayRate],
      ["decay_t", decayT],
      ["lr_min", lrMin],
    ],
    body: ["return max(lr_min, base * decay_rate ** (t / decay_t))"],
  }),
  wsd: ({ tInitial, decayT, lrMin, decayShape }) => ({
    constants: [
      ["t_initial", tInitial],
      ["decay_t", decayT],
      ["lr_min", lrMin],
    ],
    body: [
      "if t <= t_initial - decay_t:",
      "  return base",
      "x = min((t - (t_initial - decay_t)) / decay_t, 1)",
      `return lr_min + (base - lr_min) * ${shapes[String(decayShape)] ?? shapes["linear"]}`,
    ],
  }),
  onecycle: ({ tInitial, pctStart, divFactor, finalDivFactor, anneal }) => ({
    constants: [
      ["t_initial", tInitial],
      ["pct_start", pctStart],
      ["div_factor", divFactor],
      ["final_div_factor", finalDivFactor],
    ],
    body: [
      "peak_t = pct_start * t_initial",
      "start = base / div_factor",
      "end = start / final_div_factor",
      "if t == peak_t:",
      "  return base",
      "first, last, x = (start, base, t / peak_t) if t < peak_t else (",
      "  base, end, min((t - peak_t) / (t_initial - peak_t), 1)",
      ")",
      `return last + (first - last) * ${anneal === "linear" ? "(1 - x)" : "(1 + math.cos(math.pi * x)) / 2"}`,
    ],
    end: "base / div_factor",
  }),
  invsqrt: ({ timescaleT, warmupT }) => ({
    constants: [["timescale_t", timescaleT || warmupT]],
    body: ["return base * math.sqrt(timescale_t / (timescale_t + t))"],
  }),
};

const shapes: Readonly<Record<string, string>> = {
  linear: "(1 - x)",
  cosine: "(1 + math.cos(math.pi * x)) / 2",
  sqrt: "(1 - math.sqrt(x))",
};

/** A program that prints the rates of the formula; of a schedule of one's own a comment. */
export function formulaText(schedule: CopiedSchedule): string {
  const { definition, allOptions, lr, lrScales, numEpochs, unit, updatesPerEpoch } = schedule;
  const name = String(definition.name);
  const formula = Object.hasOwn(formulas, name) ? formulas[name]?.(allOptions) : undefined;
  if (formula === undefined)
    return `# timm has no schedule "${name}": it is registered by a program in TypeScript.\n`;
  const { constants, body, end = "base" } = formula;
  const warmupT = Number(allOptions["warmupT"]);
  const warmup: (readonly [string, unknown])[] =
    warmupT > 0
      ? [
          ["warmup_t", warmupT],
          ["warmup_lr_init", allOptions["warmupLrInit"]],
        ]
      : [];
  // It meets the end of its warm-up by itself.
  const shift =
    warmupT > 0 && (allOptions["warmupPrefix"] === true || name === "invsqrt") ? " - warmup_t" : "";
  const lines = [
    `# timm has no schedule "${name}": this is its formula.`,
    ...imports(body, schedule),
    ...[["base", lr] as const, ...constants, ...warmup].map(
      ([key, value]) => `${key} = ${shortNumber(Number(value))}`,
    ),
    ...noiseConstants(schedule),
    ...["", "", "def schedule(t):", ...body.map((line) => `  ${line}`), "", ""],
    ...noiseLines(schedule),
    "def rate(t):",
    ...(schedule.startsAtBase ? ["  if t == 0:", "    return base"] : []),
    ...(warmupT > 0
      ? [
          "  if t < warmup_t:",
          `    ${isNoisy(schedule) ? "value =" : "return"} warmup_lr_init + t * ((${end} - warmup_lr_init) / warmup_t)`,
          ...(isNoisy(schedule)
            ? ["  else:", `    value = schedule(t${shift})`]
            : [`  return schedule(t${shift})`]),
        ]
      : [isNoisy(schedule) ? "  value = schedule(t)" : "  return schedule(t)"]),
    ...(isNoisy(schedule) ? ["  return value + value * noise(t)"] : []),
    ...["", ""],
    `for t in range(${unit === "update" ? `${numEpochs} * ${updatesPerEpoch}` : numEpochs}):`,
    `  lr = rate(t)  # set it before ${unit === "update" ? "update" : "epoch"} t`,
    `  print(t, ${["lr", ...lrScales.slice(1).map((scale) => `lr * ${shortNumber(scale)}`)].join(", ")})`,
    "",
  ];
  return lines.map((line) => line.replace(/^ +/, (blanks) => blanks.repeat(2))).join("\n");
}

function isNoisy({ allOptions }: CopiedSchedule): boolean {
  return allOptions["noiseRangeT"] !== null;
}

function imports(body: readonly string[], schedule: CopiedSchedule): readonly string[] {
  const modules = [
    ...(body.some((line) => line.includes("math.")) ? ["import math", ""] : []),
    ...(isNoisy(schedule) ? ["import torch  # its random numbers", ""] : []),
  ];
  return modules.length > 0 ? ["", ...modules] : [""];
}

function noiseConstants({ options, allOptions }: CopiedSchedule): readonly string[] {
  const span = options.get("noiseRangeT");
  if (span === undefined) return [];
  const [from, to] = Array.isArray(span) ? span : [span];
  return [
    `noise_from, noise_to = ${from}, ${to ?? 'float("inf")'}`,
    ...["noisePct", "noiseStd", "noiseSeed"].map(
      (name) => `${snakeCase(name)} = ${shortNumber(Number(allOptions[name]))}`,
    ),
  ];
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Draws as timm makes them, with the standard deviation that timm ignores. */
function noiseLines(schedule: CopiedSchedule): readonly string[] {
  if (!isNoisy(schedule)) return [];
  return [
    ...["def noise(t):", "  if t == 0 or not noise_from <= t < noise_to:", "    return 0"],
    ...["  generator = torch.Generator()", "  generator.manual_seed(noise_seed + t)", "  while True:"],
    "    draw = noise_std * torch.randn(1, generator=generator).item()",
    ...["    if abs(draw) < noise_pct:", "      return draw", "", ""],
  ];
}
