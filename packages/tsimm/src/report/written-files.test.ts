import { expect, test } from "vitest";
import { writtenFiles } from "./written-files.ts";

test("groups the files of a run and says what they are", () => {
  const files = ["args.yaml", "checkpoint-0.resume.safetensors", "checkpoint-0.safetensors"];
  const more = ["checkpoint-1.resume.safetensors", "checkpoint-1.safetensors", "curves.png", "curves.svg"];
  expect(writtenFiles([...files, ...more], true)).toEqual([
    "  curves.png, curves.svg              losses, accuracies and learning rate",
    "  args.yaml                           every flag; -c args.yaml repeats the run",
    "  checkpoint-*.safetensors (4 files)  the best epochs",
  ]);
});

test("a run that does not classify has metrics and outputs", () => {
  expect(writtenFiles(["classes.txt", "curves.png"], false)).toEqual([
    "  curves.png   losses, metrics and learning rate",
    "  classes.txt  names of the classes or outputs",
  ]);
});

test("a table without curves beside it stands for itself", () => {
  expect(writtenFiles(["curves.svg", "summary.csv"], true)[1]).toBe("  summary.csv  the same as a table");
  expect(writtenFiles(["summary.csv"], true)).toEqual(["  summary.csv  numbers of each epoch"]);
});

test("names what listeners write, and has no line for nothing", () => {
  const events = ["events.out.tfevents.1795676020.vm.24431.0", "events.out.tfevents.1795676025.vm.24521.0"];
  expect(writtenFiles([...events, "metrics.jsonl"], true)).toEqual([
    "  metrics.jsonl                    the same as a line of JSON for each epoch",
    "  events.out.tfevents.* (2 files)  curves for tensorboard --logdir",
  ]);
  expect(writtenFiles(["notes.txt"], true)).toEqual([]);
});
