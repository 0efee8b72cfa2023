/** Runs that timm began and we end: the files are timm's own, see test/golden/timm. */
import { cp, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readSummary } from "../packages/tsimm/src/checkpoint/read-summary.ts";
import { tsimm } from "./command-line.fixture.ts";
import { stamps, summaryOf } from "./timm.fixture.ts";
import { timmPhotos } from "./timm-photos.fixture.ts";

vi.setConfig({ testTimeout: 60_000 });

const FILES = fileURLToPath(new URL("golden/timm/runs", import.meta.url));

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-timm-files-"));
  await timmPhotos(join(root, "photos"), 16);
});
afterAll(() => rm(root, { recursive: true }));

test.each(["sgd", "adamw", "lamb", "lookahead_adamw"])(
  "a run with %s goes on from timm's epoch 3 as timm's own did",
  async (name) => {
    const theirs = join(root, "out", name);
    await cp(join(FILES, name), theirs, { recursive: true });
    const left = await stamps(theirs);
    const words = ["--threads", "1", "--output", "out", "--experiment", `${name}-here`];
    const ended = await tsimm(["train", "--resume", join("out", name, "last.pth.tar"), ...words], {
      cwd: root,
    });
    expect(ended.code, ended.stderr).toBe(0);

    const expected = readSummary(await readFile(join(FILES, name, "whole.csv"), "utf8"));
    const rows = await summaryOf(join(root, "out", `${name}-here`));
    expect(rows.map(({ epoch, lr }) => [epoch, lr])).toEqual(expected.map(({ epoch, lr }) => [epoch, lr]));
    for (const [epoch, { trainLoss, validation }] of expected.entries()) {
      // float32 rounding, which training makes larger.
      const tolerance = epoch <= 4 ? 1e-6 : 1e-5;
      expect(Math.abs((rows[epoch]?.trainLoss ?? Number.NaN) - trainLoss), `epoch ${epoch}`).toBeLessThan(
        tolerance,
      );
      const loss = rows[epoch]?.validation?.loss ?? Number.NaN;
      expect(Math.abs(loss - (validation?.loss ?? Number.NaN)), `epoch ${epoch}`).toBeLessThan(
        10 * tolerance,
      );
    }
    expect(await stamps(theirs)).toEqual(left);
    expect(await readdir(join(root, "out"))).toContain(`${name}-here`);
  },
);
