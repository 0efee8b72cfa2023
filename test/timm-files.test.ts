/** Runs that timm began, or had in between, and we end: the files are timm's own, see test/golden/timm. */
import { cp, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readSummary } from "../packages/tsimm/src/checkpoint/read-summary.ts";
import { tsimm } from "./command-line.fixture.ts";
import { contentOf, stamps, summaryOf } from "./timm.fixture.ts";
import { timmPhotos } from "./timm-photos.fixture.ts";

vi.setConfig({ testTimeout: 60_000 });

const FILES = fileURLToPath(new URL("golden/timm/runs", import.meta.url));

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-timm-files-"));
  await timmPhotos(join(root, "photos"), 16);
  await cp(FILES, join(root, "out"), { recursive: true });
});
afterAll(() => rm(root, { recursive: true }));

async function succeed(words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await tsimm(words, { cwd: root });
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

const here = (name: string) => ["--threads", "1", "--output", "out", "--experiment", name];
const file = (name: string) => join("out", name, "last.pth.tar");

test.each([
  ["sgd", 4, "step with noise"],
  ["adamw", 4, "cosine within its warm-up, an average"],
  ["lamb", 4, "layer decay, cosine on updates"],
  ["lookahead_adamw", 4, "plateau whose rate has fallen"],
  ["handed-over", 6, "nadamw, plateau that fell before timm had it, an average"],
])("a run of timm, %s, goes on at epoch %i as if it had not moved: %s", async (name, first) => {
  const left = await stamps(join(root, "out", name));
  await succeed(["train", "--resume", file(name), ...here(`${name}-here`)]);
  const expected = readSummary(await readFile(join(FILES, name, "whole.csv"), "utf8"));
  const rows = await summaryOf(join(root, "out", `${name}-here`));

  expect(rows.map(({ epoch, lr }) => [epoch, lr])).toEqual(expected.map(({ epoch, lr }) => [epoch, lr]));
  for (const [epoch, { trainLoss, validation }] of expected.entries()) {
    const row = rows[epoch];
    // Rounding of float32, which more updates make larger.
    const tolerance = epoch <= first ? 1e-5 : 1e-4;
    const [loss = Number.NaN, evalLoss = Number.NaN] = [row?.trainLoss, row?.validation?.loss];
    expect(Math.abs(loss - trainLoss), `epoch ${epoch}`).toBeLessThan(tolerance);
    expect(Math.abs(evalLoss - (validation?.loss ?? Number.NaN)), `epoch ${epoch}`).toBeLessThan(tolerance);
    expect(row?.validation?.["top1"]).toBeCloseTo(validation?.["top1"] ?? Number.NaN, 4);
  }
  expect(await stamps(join(root, "out", name))).toEqual(left);
});

test.each(["adamw", "lamb", "lookahead_adamw"])(
  "all that timm saved of %s is there when it goes back to timm after no epoch here",
  async (name) => {
    await succeed(["train", "--resume", file(name), "--epochs", "4", ...here(`${name}-same`)]);
    const written = join("out", `${name}.pth.tar`);
    await succeed(["export", "--format", "timm", join("out", `${name}-same`), "-o", written]);
    // Ours has the keys of newer PyTorch, too.
    expect(await contentOf(join(root, written))).toMatchObject(await contentOf(join(root, file(name))));
  },
);
