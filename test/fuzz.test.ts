/**
 * Odd input of every kind through the command line: exit codes 0, 1 and 2 only, no hang, no crash, nothing written
 * outside the run's folder.
 *
 * `npm run fuzz` tries each property 200 times, or as often as FUZZ says.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import sharp from "sharp";
import { afterAll, beforeAll, test } from "vitest";
import { stringify } from "yaml";
import { separated, trainFlagRows } from "../packages/tsimm/src/recipe/arguments.ts";
import { decodeSafetensors, encodeSafetensors } from "../packages/tsimm/src/weights/safetensors.ts";
import {
  createPlayground,
  type Damage,
  damage,
  damaged,
  oddValue,
  type Playground,
  SMALL,
} from "./fuzz.fixture.ts";

const TRIES = Number(process.env["FUZZ"] ?? (process.env["npm_lifecycle_event"] === "fuzz" ? 200 : 0));
const PATIENCE = 600_000 + TRIES * 20_000;

let playground: Playground;
const file = (name: string) => join(playground.work, name);

beforeAll(async () => {
  playground = await createPlayground();
}, PATIENCE);
afterAll(() => playground.close());

/** Checks a property by `few` tries, or as many as the environment asks for, and by what was found once. */
async function holds<T>(
  few: number,
  values: fc.Arbitrary<T>,
  attempt: (value: T) => Promise<void>,
  found: readonly T[] = [],
): Promise<void> {
  await fc.assert(fc.asyncProperty(values, attempt), {
    numRuns: (TRIES || few) + found.length,
    examples: found.map((value) => [value]),
    // To shrink a case takes dozens of commands.
    endOnFailure: TRIES === 0,
  });
}

const words = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(String) : [typeof value === "string" ? value : JSON.stringify(value)];

/** One flag with an odd value, as the command line has it. */
const oddFlag = (names: readonly string[]) =>
  fc.tuple(fc.constantFrom(...names), oddValue, fc.boolean()).map(([name, value, joined]) => {
    const [first = "", ...rest] = words(value);
    return joined ? [`--${name}=${first}`, ...rest] : [`--${name}`, first, ...rest];
  });

const flagNames = trainFlagRows().map(([name]) => separated(name, "-"));
const scheduleNames = trainFlagRows()
  .filter(([, { group }]) => group === "Schedule")
  .map(([name]) => separated(name, "-"));

test("odd flags of tsimm schedule", { timeout: PATIENCE }, async () => {
  const flags = fc.array(oddFlag([...scheduleNames, "compare", "updates-per-epoch", "log-scale"]), {
    minLength: 1,
    maxLength: 3,
  });
  const sched = fc.constantFrom(
    ...["cosine", "step", "multistep", "plateau", "poly", "tanh", "wsd", "linear", "onecycle", "nothing"],
  );
  await holds(25, fc.tuple(sched, flags), ([name, given]) =>
    playground.attempt(["schedule", "--sched", name, ...given.flat().map(withoutNul), "--epochs", "20"]),
  );
});

test("odd flags of tsimm train", { timeout: PATIENCE }, async () => {
  const harmless = flagNames.filter((name) => name !== "output" && name !== "data-dir" && name !== "resume");
  const flags = fc.array(oddFlag(harmless), { minLength: 1, maxLength: 2 });
  await holds(
    12,
    flags,
    (given) =>
      playground.attempt(["train", "photos", "--output", "runs", ...given.flat().map(withoutNul), ...SMALL]),
    [[["--train-split", "\u001b[31m"]], [["--experiment", "../../victim"]], [["--val-split=\n"]]],
  );
});

test("odd configuration files", { timeout: PATIENCE }, async () => {
  const keys = [
    ...trainFlagRows().map(([name]) => separated(name, "_")),
    "amp",
    "aa",
    "__proto__",
    "nothing",
  ];
  const entries = fc.array(fc.tuple(fc.constantFrom(...keys), oddValue), { minLength: 1, maxLength: 4 });
  const text = fc.oneof(
    { weight: 4, arbitrary: entries.map((pairs) => stringify(Object.fromEntries(pairs))) },
    fc.constantFrom(
      "",
      "[",
      "a: &a [*a]",
      "!!js/function x",
      "? {a: 1}\n: b",
      "lr: .inf\n",
      "lr: 0.1\nlr: 0.2\n",
    ),
    fc.string({ maxLength: 60 }),
  );
  await holds(
    10,
    text,
    async (content) => {
      await writeFile(file("odd.yaml"), content);
      await playground.attempt(["train", "photos", "-c", "odd.yaml", "--output", "runs", ...SMALL]);
    },
    ["data_dir:\n  a: 1\nthreads: 0\n", "experiment: ../../victim/x\n", "class_map: {}\n"],
  );
});

test("damaged and crafted states to resume", { timeout: PATIENCE }, async () => {
  const whole = await readFile(file("runs/done/last.resume.safetensors"));
  const state = JSON.parse(decodeSafetensors(whole).metadata["tsimm"] ?? "");
  type Change = { readonly edits: readonly (readonly [Path, unknown])[] } | { readonly damage: Damage };
  const changes: fc.Arbitrary<Change> = fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        edits: fc.array(fc.tuple(fc.constantFrom(...paths(state)), oddValue), { minLength: 1, maxLength: 2 }),
      }),
    },
    fc.record({ damage }),
  );
  const changed = (change: Change) =>
    "damage" in change
      ? damaged(whole, change.damage)
      : signed(
          whole,
          change.edits.reduce((made, [path, value]) => replaced(made, path, value), state),
        );
  await holds(
    14,
    changes,
    async (change) => {
      const words = [
        "train",
        "photos",
        "--resume",
        "runs/done/last.resume.safetensors",
        ...SMALL.slice(0, -1),
      ];
      await playground.attempt([...words, "--epochs", "2", "--checkpoint-hist", "1"], changed(change));
    },
    [
      { edits: [[["kept"], [{ name: "../../victim/model", epoch: 7, metric: -1 }]]] },
      { edits: [[["args", "experiment"], "../../victim/x"]] },
      { edits: [[["epoch"], 1e300]] },
    ],
  );
});

test("damaged weights", { timeout: PATIENCE }, async () => {
  const whole = await readFile(file("runs/done/model_best.safetensors"));
  await holds(12, fc.tuple(damage, fc.boolean()), async ([edits, predict]) => {
    await writeFile(file("odd.safetensors"), damaged(whole, edits));
    await playground.attempt(
      predict
        ? ["predict", "photos/val", "--checkpoint", "odd.safetensors"]
        : ["train", "photos", "--initial-checkpoint", "odd.safetensors", "--output", "runs", ...SMALL],
    );
  });
});

test("damaged archives", { timeout: PATIENCE }, async () => {
  const whole = await readFile(file("photos.tar"));
  await holds(10, damage, async (edits) => {
    await writeFile(file("odd.tar"), damaged(whole, edits));
    await playground.attempt(["train", "odd.tar", "--output", "runs", ...SMALL]);
  });
});

test("damaged images", { timeout: PATIENCE }, async () => {
  const pixels = sharp(await readFile(file("photos/val/red/0.png")));
  const formats = await Promise.all(
    (["png", "jpeg", "webp", "gif", "tiff", "avif"] as const).map(async (format) => ({
      format,
      bytes: await pixels.clone().toFormat(format).toBuffer(),
    })),
  );
  await holds(12, fc.tuple(fc.constantFrom(...formats), damage), async ([{ format, bytes }, edits]) => {
    await mkdir(file("odd"), { recursive: true });
    await writeFile(file(`odd/image.${format}`), damaged(bytes, edits));
    await playground.attempt(["predict", "odd", "--checkpoint", "runs/done/model.onnx"]);
    await rm(file("odd"), { recursive: true });
  });
});

test("damaged ONNX files", { timeout: PATIENCE }, async () => {
  const whole = await readFile(file("runs/done/model.onnx"));
  await holds(12, damage, async (edits) => {
    await writeFile(file("odd.onnx"), damaged(whole, edits));
    await playground.attempt(["predict", "photos/val", "--checkpoint", "odd.onnx"]);
  });
});

/** A program cannot be given a word with NUL in it. */
function withoutNul(word: string): string {
  return word.replaceAll("\0", "");
}

type Path = readonly (string | number)[];

/** The places in a JSON value. */
function paths(value: unknown, at: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [at];
  // One element stands for all.
  const keys = Array.isArray(value) ? [...value.keys()].slice(0, 1) : Object.keys(value);
  return [
    ...(at.length > 0 ? [at] : []),
    ...keys.flatMap((key) => paths(Reflect.get(value, key), [...at, key])),
  ];
}

/** The JSON value with another one at a place. */
function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  if (typeof value !== "object" || value === null) return value;
  const inner = replaced(Reflect.get(value, key), rest, by);
  return Array.isArray(value) ? value.with(Number(key), inner) : { ...value, [key]: inner };
}

/** A resume file with another state and the checksum that belongs to it: the checksum has no key. */
function signed(whole: Uint8Array, state: unknown): Uint8Array {
  const { tensors } = decodeSafetensors(whole);
  const blank = "0".repeat(64);
  const entry = JSON.stringify({ ...(state as object), sha256: blank });
  const bytes = Buffer.from(encodeSafetensors(tensors, { format: "pt", tsimm: entry }));
  bytes.write(createHash("sha256").update(bytes).digest("hex"), bytes.indexOf(blank), "latin1");
  return bytes;
}
