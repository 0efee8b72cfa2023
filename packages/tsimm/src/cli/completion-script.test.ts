/** The completion scripts, as shells run them. */
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test, vi } from "vitest";
import { trainFlagRows } from "../recipe/arguments.ts";
import { commandHeads, isCommandName } from "./command-heads.ts";
import { completionCommand } from "./commands/completion.ts";
import { loadCommand } from "./commands/load-command.ts";

async function script(shell: string): Promise<string> {
  const write = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    await completionCommand().parseAsync([shell], { from: "user" });
    return write.mock.calls.map(([text]) => text).join("");
  } finally {
    write.mockRestore();
  }
}

const folder = mkdtempSync(join(tmpdir(), "tsimm-completion-"));
mkdirSync(join(folder, "my photos"));
writeFileSync(join(folder, "model.onnx"), "");
// Stands in for the command, which the script asks for names of models.
writeFileSync(
  join(folder, "tsimm"),
  '#!/bin/sh\nprintf "resnet18 11.69 M\\nresnet34 21.80 M\\nvit_tiny 5.7 M\\n"\n',
  {
    mode: 0o755,
  },
);
afterAll(() => rmSync(folder, { recursive: true }));
const bash = await script("bash");
writeFileSync(join(folder, "completion.bash"), bash);
// On Windows the command `bash` may be that of another system.
const hasShell = (name: string) =>
  process.platform !== "win32" && spawnSync(name, ["-c", "exit 0"]).status === 0;

/** What bash offers for the last of these words. */
function offered(...words: string[]): string[] {
  const run = `source ./completion.bash; COMP_WORDS=("$@"); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _tsimm; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const text = execFileSync("bash", ["--norc", "-c", run, "bash", "tsimm", ...words], {
    stdio: ["ignore", "pipe", "inherit"],
    ...{ cwd: folder, encoding: "utf8" as const, env: { PATH: `${folder}:${process.env["PATH"]}` } },
  });
  return text.split("\n").filter((line) => line !== "");
}

describe.runIf(hasShell("bash"))("bash", () => {
  test.each<[string[], string[]]>([
    [["va"], ["validate"]],
    [["train", "--warmup-p"], ["--warmup-prefix"]],
    [
      ["train", "--sched", "co"],
      ["constant", "cosine"],
    ],
    [["train", "--sched", "=", "cos"], ["cosine"]],
    [
      ["train", "--sched", "="],
      ["constant", "cosine", "exponential"],
    ],
    [
      ["train", "--model", "resn"],
      ["resnet18", "resnet34"],
    ],
    [["train", "my"], ["my photos"]],
    [["train", "--epochs", ""], []],
    [["models", "v"], ["vit_tiny"]],
    [
      ["validate", "--metrics-avg", "m"],
      ["micro", "macro"],
    ],
    [["predict", "x.png", "--checkpoint", "mod"], ["model.onnx"]],
    [
      ["predict", "--results-format", "json"],
      ["json", "json-split"],
    ],
    [["schedule", "--compare", "on"], ["onecycle"]],
    [
      ["completion", ""],
      ["bash", "zsh", "fish"],
    ],
    [["help", "lr"], ["lr-find"]],
    [["--ver"], ["--version"]],
  ])("%j", (words, expected) => {
    const found = offered(...words);
    expect(words.at(-1) === "=" ? found.slice(0, 3) : found).toEqual(expected);
  });

  test("knows every flag of every command", async () => {
    for (const name of Object.keys(commandHeads).filter(isCommandName)) {
      const { options } = await loadCommand(name);
      const flags = options.flatMap(({ long, hidden }) =>
        typeof long === "string" && !hidden ? [long] : [],
      );
      expect(offered(name, "--").toSorted()).toEqual([...new Set([...flags, "--help"])].toSorted());
    }
    expect(offered("train", "--").length).toBeGreaterThan(trainFlagRows().length);
  });
});

test("zsh and fish: a line for every flag, which their shells accept where they are installed", async () => {
  for (const shell of ["zsh", "fish"]) {
    const text = await script(shell);
    for (const word of ["warmup-prefix", "metrics-avg", "lr-find-start", "results-separate-col"]) {
      expect(text).toContain(word);
    }
    expect(text).toContain("constant cosine exponential");
    if (!hasShell(shell)) continue;
    const file = join(folder, `completion.${shell}`);
    writeFileSync(file, text);
    expect(spawnSync(shell, ["-n", file], { encoding: "utf8" }).stderr).toBe("");
  }
});

test("a shell that is none is refused", async () => {
  const command = completionCommand()
    .exitOverride()
    .configureOutput({ writeErr() {} });
  await expect(command.parseAsync(["tcsh"], { from: "user" })).rejects.toThrow(
    "Allowed choices are bash, zsh, fish",
  );
});
