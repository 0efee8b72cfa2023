/** WebAssembly modules are those of the source beside them. */
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { run } from "./run.fixture.ts";

test("the compiled modules are up to date", async () => {
  const script = fileURLToPath(new URL("../packages/tsimm/assembly/assemble.mjs", import.meta.url));
  expect(await run(process.execPath, [script, "--check"])).toEqual({ stdout: "", stderr: "" });
});
