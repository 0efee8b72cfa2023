/** The Python of the tutorial and the READMEs gives what it says, with the real timm: see timm.fixture.ts. */
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { run } from "./run.fixture.ts";
import { timmFolder } from "./timm.fixture.ts";

const pages = [
  ["docs/tutorial/step-lr-scheduler.md", /: 1\d values in 1\d blocks/],
  ["docs/index.md", /: \d values in 1 blocks/],
  ["README.md", /: \d values in 1 blocks/],
  ["packages/scheduler/README.md", /: \d values in 2 blocks/],
] as const;

test.skipIf(timmFolder === undefined).each(pages)("blocks of %s", async (page, expected) => {
  const python = process.env["TSIMM_PYTHON"] ?? "/usr/bin/python3";
  const { stdout } = await run(python, ["tools/python-blocks.py", page], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: {
      ...process.env,
      PYTHONPATH: [timmFolder, process.env["PYTHONPATH"]].filter(Boolean).join(delimiter),
    },
  });
  expect(stdout).toMatch(expected);
});
