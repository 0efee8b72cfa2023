/** Pictures on a machine without fonts, as containers are: there every letter is the same empty box. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { run } from "./run.fixture.ts";

/** A program that prints whether two words of four letters look the same. */
const sameLook = (render: string) => `
  import sharp from "sharp";
  import { svgToPng } from "tsimm";
  const [rate, loss] = await Promise.all(["rate", "loss"].map((word) => {
    const text = '<text x="2" y="15" font-family="Inter">' + word + "</text>";
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="60" height="20">' + text + "</svg>";
    return ${render};
  }));
  console.log(rate.equals(loss));`;

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-fontless-"));
  await writeFile(join(folder, "fonts.conf"), '<?xml version="1.0"?><fontconfig></fontconfig>');
});
afterAll(() => rm(folder, { recursive: true }));

test.each([
  { name: "without a font", render: "sharp(Buffer.from(svg)).png().toBuffer()", same: true },
  { name: "with the font that svgToPng brings", render: "svgToPng(svg)", same: false },
])("$name two words look the same: $same", async ({ render, same }) => {
  // Fontconfig reads the file once in a process, before its first text.
  const env = { ...process.env, FONTCONFIG_FILE: join(folder, "fonts.conf") };
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", sameLook(render)], { env });
  expect(stdout).toBe(`${same}\n`);
});
