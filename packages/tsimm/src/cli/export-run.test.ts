import { expect, test } from "vitest";
import { exportCommand } from "./commands/export.ts";
import { exportRun } from "./export-run.ts";

test.each([
  [{}, "export: the run must be given: tsimm export --format timm RUN"],
  [
    { checkpoint: "run", batchSize: 2 },
    "export: --batch-size must be left out with --format timm, which writes all of a run",
  ],
  [
    { checkpoint: "run", output: "model.onnx" },
    'export: --output must end in .pth.tar for timm, got "model.onnx"',
  ],
  [{ checkpoint: "nowhere" }, 'export: the run must be the folder of one, got "nowhere"'],
])("what makes no checkpoint for timm is refused: %j", async (options, message) => {
  await expect(exportRun({ format: "timm", ...options })).rejects.toThrow(message);
});

test("a run is given once", async () => {
  const words = ["node", "tsimm", "run", "--checkpoint", "other"];
  await expect(exportCommand().exitOverride().parseAsync(words)).rejects.toThrow(
    'export: the run must be given once, got "run" and --checkpoint "other"',
  );
});
