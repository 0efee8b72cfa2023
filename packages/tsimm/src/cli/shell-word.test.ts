import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { shellWord } from "./shell-word.ts";

test.each([
  ["out/a-1", "out/a-1"],
  ["my photos/1.png", "'my photos/1.png'"],
  ["it's", "'it'\\''s'"],
  ["-x/1.png", "./-x/1.png"],
  ["~/x", "'~/x'"],
  ["a\u001b[31m/it's\n\\.png", "$'a\\x1b[31m/it\\'s\\n\\\\.png'"],
])("%j becomes %s, which bash reads back", (path, word) => {
  expect(shellWord(path, "linux")).toBe(word);
  if (process.platform === "win32") return;
  const read = execFileSync("bash", ["-c", `printf %s ${word}`], { encoding: "utf8" });
  expect(read).toBe(path.startsWith("-") ? `./${path}` : path);
});

test("on Windows a path with blanks stands in double quotes", () => {
  expect(shellWord("C:\\my photos", "win32")).toBe('"C:\\my photos"');
  expect(shellWord("C:\\photos", "win32")).toBe("C:\\photos");
});
