import { expect, test } from "vitest";
import { comparisonWords } from "./comparison.ts";

test.each([
  ["cosine", ["--sched", "cosine"]],
  ["cosine:", ["--sched", "cosine"]],
  ["step:decay-rate=0.5", ["--sched", "step", "--decay-rate", "0.5"]],
  ["step:decay-rate=0.5,warmup-prefix", ["--sched", "step", "--decay-rate", "0.5", "--warmup-prefix"]],
  [
    "multistep:decay-milestones=30,60,80,dr=.5",
    ["--sched", "multistep", "--decay-milestones", "30", "60", "80", "--dr", ".5"],
  ],
  ["cosine:lr=-1", ["--sched", "cosine", "--lr", "-1"]],
])("%s", (text, words) => {
  expect(comparisonWords(text)).toEqual(words);
});
