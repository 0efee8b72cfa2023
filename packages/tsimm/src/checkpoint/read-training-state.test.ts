import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { UsageError } from "../usage-error.ts";
import { readTrainingState } from "./read-training-state.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-read-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("errors name the function and its parameter", async () => {
  const missing = join(folder, "none");
  await expect(readTrainingState(missing)).rejects.toThrow(
    new UsageError(`readTrainingState: path must exist, got "${missing}"`),
  );
  await writeFile(join(folder, "last.resume.safetensors"), "text");
  await expect(readTrainingState(folder)).rejects.toThrow(
    new UsageError(
      `readTrainingState: there is no usable .resume.safetensors file in "${folder}": last.resume.safetensors (it ends at byte 4)`,
    ),
  );
  await expect(readTrainingState(JSON.parse("null"))).rejects.toThrow(
    new TypeError("readTrainingState: path must be text, got object"),
  );
  await expect(readTrainingState(folder, JSON.parse('{ "onwarning": 1 }'))).rejects.toThrow(
    new RangeError(
      'readTrainingState: option must be one of onWarning, got "onwarning"; did you mean "onWarning"?',
    ),
  );
});
