/** What the playground copies is run: TypeScript, command lines and Python give the rates of the curve. */
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { calculateCurve } from "../apps/playground/src/schedule/calculate-curve.ts";
import { type CopyFormat, copyAs } from "../apps/playground/src/schedule/copy/copy-as.ts";
import { parametersOf } from "../apps/playground/src/schedule/parameters.ts";
import { type ExampleState, exampleStates } from "../apps/playground/src/schedule/states.fixture.ts";
import { scheduleCommand } from "../packages/tsimm/src/cli/commands/schedule.ts";
import { compileBlock, sourceExamples } from "./doc-blocks.fixture.ts";
import { required } from "./required.fixture.ts";
import { run } from "./run.fixture.ts";
import { timmFolder } from "./timm.fixture.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const golden = join(root, "test", "golden", "playground");

/** Rates of all groups at each t. */
type Rates = readonly (readonly number[])[];

function ratesOf({ state }: ExampleState): Rates {
  const [settings] = state.curves;
  if (settings === undefined) throw new Error("a state has curves");
  const { curve, error } = calculateCurve(settings, state);
  if (error !== null) throw new Error(error.text);
  return Array.from({ length: curve.length }, (_, t) => [...curve.ratesAt(t)]);
}

const text = (format: CopyFormat, { state }: ExampleState) => copyAs(format, state).text;
const named = exampleStates.map((example) => [example.name, example] as const);

const examples = sourceExamples(root, join("apps", "playground", "src", "schedule"));

test.each(examples.map((block) => [block.place, block] as const))("example %s", async (_, block) => {
  const own: object = await import(/* @vite-ignore */ join(root, block.file));
  const names = { parametersOf, ...own };
  const check = (actual: unknown, expected: unknown) => expect(actual).toEqual(expected);
  await new Function("check", ...Object.keys(names), compileBlock(block))(check, ...Object.values(names));
  expect.hasAssertions();
});

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-copies-"));
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

describe("TypeScript", () => {
  test.each(named)("%s prints the rates", async (name, example) => {
    const code = text("typescript", example);
    const lines: number[][] = [];
    vi.spyOn(console, "log").mockImplementation((...values: number[]) => void lines.push(values));
    const body = compileBlock({ code, place: name, file: name });
    await new Function("load", "check", body)(async (module: string) => {
      expect(module).toBe("@tsimm/scheduler");
      return await import("@tsimm/scheduler");
    });
    expect(lines).toEqual(ratesOf(example).map((rates, t) => [t, ...rates]));
  });

  test("the compiler takes all of them", () => {
    const wrong =
      'import { StepLRScheduler } from "@tsimm/scheduler";\nnew StepLRScheduler({ paramGroups: [] }, {});\n';
    const codes = exampleStates.map((example) => text("typescript", example));
    expect(diagnosed([...codes, wrong])).toEqual([expect.stringMatching(/'decayT' is missing/)]);
  });
});

/** Messages of the strict compiler about programs, for which there is a console. */
function diagnosed(codes: readonly string[]): readonly string[] {
  const files = new Map(codes.map((code, i) => [join(root, "test", `copy-${i}.ts`), code]));
  files.set(
    join(root, "test", "console.d.ts"),
    "declare const console: { log(...values: unknown[]): void };\n",
  );
  const options: ts.CompilerOptions = {
    ...{ strict: true, noEmit: true, skipLibCheck: true, noUncheckedIndexedAccess: true, types: [] },
    ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, exactOptionalPropertyTypes: true },
    lib: ["lib.es2022.d.ts"],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile: read } = host;
  host.getSourceFile = (file, language, ...rest) => {
    const code = files.get(file);
    return code === undefined
      ? getSourceFile(file, language, ...rest)
      : ts.createSourceFile(file, code, language);
  };
  host.fileExists = (file) => files.has(file) || fileExists(file);
  host.readFile = (file) => files.get(file) ?? read(file);
  const program = ts.createProgram([...files.keys()], options, host);
  const found = ts.getPreEmitDiagnostics(program);
  return found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
}

/** Words of a command as a shell reads them; comments are none. */
async function shellWords(command: string): Promise<string[]> {
  const { stdout } = await run("/bin/sh", ["-c", command.replace(/^(npx|python) /m, "printf '%s\\0' ")]);
  return stdout.split("\0").slice(0, -1);
}

const isPosix = process.platform !== "win32";

describe.runIf(isPosix)("flags", () => {
  // The command line has no groups, and no metric before the run.
  const shown = named.filter(([, { state }]) => state.curves[0]?.metric === null);

  test.each(shown)("of %s give the rates to tsimm schedule", async (name, example) => {
    const [tsimm, train, data, ...flags] = await shellWords(text("flags", example));
    expect([tsimm, train, data]).toEqual(["tsimm", "train", "photos/"]);
    const file = join(folder, `${name}.json`);
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const words = [...flags, "--updates-per-epoch", String(example.state.updatesPerEpoch), "-o", file];
    await scheduleCommand().parseAsync(words, { from: "user" });
    const written = await readFile(file, "utf8");
    const { schedules } = JSON.parse(written) as { schedules: { rates: number[] }[] };
    expect(schedules.map(({ rates }) => rates)).toEqual([ratesOf(example).map(([rate]) => rate)]);
    if (example.state.curves[0]?.groups.length === 0) expect(text("json", example)).toBe(written);
  });

  const inTimm = named.filter(([, example]) => text("timm-python", example).includes("from timm"));

  test.each(inTimm)("of %s for train.py are flags that timm has", async (_, example) => {
    const [script, data, ...flags] = await shellWords(text("timm-train", example));
    expect([script, data]).toEqual(["train.py", "photos/"]);
    const names = flags
      .filter((word) => word.startsWith("--"))
      .map((flag) => flag.slice(2).replaceAll("-", "_"));
    const defaults = await readFile(join(root, "test", "golden", "timm-train-defaults.yaml"), "utf8");
    for (const name of names) expect(defaults).toMatch(new RegExp(`^${name}:`, "m"));
  });
});

interface Recorded {
  readonly sha256: string;
  readonly rates: Rates;
}

/** Rates that Python prints for programs of `test/golden/playground`. */
async function printedBy(
  python: string,
  names: readonly string[],
): Promise<Readonly<Record<string, Recorded>>> {
  const files = names.map((name) => join(golden, `${name}.py`));
  const { stdout } = await run(python, [join(root, "tools", "playground-python.py"), ...files], {
    maxBuffer: 2 ** 26,
  });
  return JSON.parse(stdout) as Readonly<Record<string, Recorded>>;
}

function expectRates(printed: Rates | undefined, example: ExampleState): void {
  const rates = ratesOf(example);
  if (example.tolerance === 0) return void expect(printed).toEqual(rates);
  expect(printed?.length).toBe(rates.length);
  for (const [t, row] of rates.entries()) {
    for (const [group, rate] of row.entries()) {
      const difference = Math.abs(Number(printed?.[t]?.[group]) - rate);
      expect(difference, `t = ${t}`).toBeLessThanOrEqual(example.tolerance * rate);
    }
  }
}

describe("Python", () => {
  test.each(named)("%s is the program that printed the rates", async (name, example) => {
    const code = text("timm-python", example);
    await expect(code).toMatchFileSnapshot(join(golden, `${name}.py`));
    const recorded = JSON.parse(await readFile(join(golden, "rates.json"), "utf8")) as Record<
      string,
      Recorded
    >;
    expect(recorded[name]?.sha256).toBe(createHash("sha256").update(code).digest("hex"));
    expectRates(recorded[name]?.rates, example);
  });

  const alone = named.filter(([, example]) => !text("timm-python", example).includes("import torch"));

  test.runIf(isPosix)("needs nothing but Python where timm has no such schedule", async () => {
    const printed = await required("python3", () =>
      printedBy(
        "python3",
        alone.map(([name]) => name),
      ),
    );
    if (printed === null) return;
    for (const [name, example] of alone) expectRates(printed[name]?.rates, example);
    expect(alone.length).toBeGreaterThan(6);
  });

  test.skipIf(timmFolder === undefined)("runs with timm", async () => {
    const python = process.env["TSIMM_PYTHON"] ?? "/usr/bin/python3";
    const printed = await printedBy(
      python,
      named.map(([name]) => name),
    );
    for (const [name, example] of named) expectRates(printed[name]?.rates, example);
  });
});
