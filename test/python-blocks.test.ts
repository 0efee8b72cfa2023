/** The Python of the tutorial gives what it says, with the real timm: see timm.fixture.ts. */
import { delimiter } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { run } from "./run.fixture.ts";
import { timmFolder } from "./timm.fixture.ts";

test.skipIf(timmFolder === undefined)("blocks of the tutorial", async () => {
  const python = process.env["TSIMM_PYTHON"] ?? "/usr/bin/python3";
  const { stdout } = await run(python, ["tools/python-blocks.py", "docs/tutorial/step-lr-scheduler.md"], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: {
      ...process.env,
      PYTHONPATH: [timmFolder, process.env["PYTHONPATH"]].filter(Boolean).join(delimiter),
    },
  });
  expect(stdout).toMatch(/: 1\d values in 1\d blocks/);
});
