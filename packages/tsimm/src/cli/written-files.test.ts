import { expect, test } from "vitest";
import { writtenFiles } from "./written-files.ts";

test("groups the files of a run and says what they are", () => {
  const files = ["args.yaml", "checkpoint-0.resume.safetensors", "checkpoint-0.safetensors"];
  const more = ["checkpoint-1.resume.safetensors", "checkpoint-1.safetensors", "curves.png", "curves.svg"];
  expect(writtenFiles([...files, ...more])).toEqual([
    "  curves.png, curves.svg              losses, metrics and learning rate",
    "  args.yaml                           every flag; -c args.yaml repeats the run",
    "  checkpoint-*.safetensors (4 files)  the best epochs",
  ]);
});
