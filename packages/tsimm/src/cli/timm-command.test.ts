import { execFileSync } from "node:child_process";
import { hostname } from "node:os";
import { expect, test } from "vitest";
import type { Handoff } from "../recipe/handoff/handoff.ts";
import { resolveArguments } from "../recipe/resolve-arguments.ts";
import { commandText, type TimmCommandOptions, timmCommand } from "./timm-command.ts";

const folder = "/a b's/run 1";
const handoff = (processes: number): Handoff => ({
  ...{ folder, config: `${folder}/handoff/args.yaml`, checkpoint: `${folder}/handoff/last.pth.tar` },
  ...{ args: resolveArguments(), done: 1, numEpochs: 2, processes, keys: {}, back: [] },
  ...{ problems: [], warnings: [] },
  flags: [
    ["--data-dir", "/photos (new)"],
    ["--lr", "1e-7"],
    ["--model-kwargs", "img_size=32", "blocks=[1, None, 'a']"],
  ],
});
const wordsOf = (processes: number, options: Partial<TimmCommandOptions>) =>
  timmCommand(handoff(processes), { nodes: 1, gpus: 1, host: null, trainPy: "train.py", ...options });

test.each<[number, Partial<TimmCommandOptions>, readonly string[]]>([
  [1, {}, ["python3", "train.py"]],
  [1, { gpus: 0, trainPy: "/timm/train.py" }, ["python3", "/timm/train.py"]],
  [8, { gpus: 8 }, ["torchrun", "--nproc_per_node=8", "train.py"]],
  [
    6,
    { gpus: 3, nodes: 2, host: "10.0.0.1:5000" },
    [
      ...["torchrun", "--nnodes=2", "--nproc_per_node=3", "--rdzv_backend=c10d"],
      ...["--rdzv_endpoint=10.0.0.1:5000", "--rdzv_id=run_1", "train.py"],
    ],
  ],
  [
    2,
    { gpus: 1, nodes: 2 },
    [
      ...["torchrun", "--nnodes=2", "--nproc_per_node=1", "--rdzv_backend=c10d"],
      ...[`--rdzv_endpoint=${hostname()}:29400`, "--rdzv_id=run_1", "train.py"],
    ],
  ],
])("%i processes with %o are started by %j", (processes, options, words) => {
  expect(wordsOf(processes, options)[0]).toEqual(words);
});

test("a shell reads the words as they are", () => {
  const parts = wordsOf(2, { gpus: 2, trainPy: "-odd/train.py", host: null });
  const text = commandText(parts, "linux");
  expect(text).toBe(`torchrun --nproc_per_node=2 ./-odd/train.py \\
  --config '/a b'\\''s/run 1/handoff/args.yaml' \\
  --resume '/a b'\\''s/run 1/handoff/last.pth.tar' \\
  --data-dir '/photos (new)' \\
  --lr 1e-7 \\
  --model-kwargs img_size=32 'blocks=[1, None, '\\''a'\\'']'`);
  if (process.platform === "win32") return;
  const read = execFileSync("bash", ["-c", `printf '%s\\n' ${text}`], { encoding: "utf8" });
  const words = parts.flat().map((word) => (word.startsWith("-odd") ? `./${word}` : word));
  expect(read).toBe(`${words.join("\n")}\n`);
});

test("on Windows it is one line", () => {
  expect(
    commandText(
      [
        ["python", "train.py"],
        ["--data-dir", "C:\\my photos"],
      ],
      "win32",
    ),
  ).toBe('python train.py --data-dir "C:\\my photos"');
});
