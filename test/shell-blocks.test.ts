/** Commands of the documentation have flags that the command line has. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { documentationFiles } from "./doc-blocks.fixture.ts";
import { run } from "./run.fixture.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const command = join(root, "packages/tsimm/bin/tsimm.js");

/** Lines that call `tsimm`, those that go on joined, comments and further commands left out. */
function commandLines(file: string): readonly string[] {
  const text = readFileSync(join(root, file), "utf8");
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, code = ""]) => code);
  return blocks.flatMap((code) =>
    [...code.replaceAll("\\\n", " ").matchAll(/\bnpx tsimm ([^#|&;\n]*)/g)].map(([, words = ""]) => words),
  );
}

/** Flags of timm's train.py, which `tsimm train` takes too, some without effect. */
const ofTimm = [
  "--jsd",
  ...Array.from(
    readFileSync(join(root, "test/golden/timm-train-defaults.yaml"), "utf8").matchAll(/^(\w+):/gm),
    ([, name = ""]) => `--${name.replaceAll("_", "-")}`,
  ),
];

const lines = documentationFiles(root).flatMap((file) =>
  commandLines(file).map((line) => ({ place: `${file}: tsimm ${line.trim()}`, line })),
);
const names = [...new Set(lines.map(({ line }) => line.split(" ")[0] ?? ""))].sort();

test.each(names)("tsimm %s", async (name) => {
  const { stdout } = await run(process.execPath, [command, name, "--help"]);
  expect(stdout).toContain(`tsimm ${name}`);
  const shown = stdout.match(/(?<=[ ,])--?[a-z][\w-]*/g) ?? [];
  const known = new Set(name === "train" ? [...shown, ...ofTimm] : shown);
  const own = lines.filter(({ line }) => line.split(" ")[0] === name);
  const wrong = own.filter(({ line }) =>
    [...line.matchAll(/(?<= )--?[a-z][\w-]*/g)].some(([flag]) => !known.has(flag)),
  );
  expect(wrong.map(({ place }) => place)).toEqual([]);
});

test("there are some", () => {
  expect(names.length).toBeGreaterThan(5);
});
