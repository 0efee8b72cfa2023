/** Runs that timm began, or had in between, and we end: the files are timm's own, see test/golden/timm. */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { readSummary } from "../packages/tsimm/src/checkpoint/read-summary.ts";
import { timmFlags } from "../packages/tsimm/src/recipe/timm-flags.ts";
import { decodeTorchFile } from "../packages/tsimm/src/weights/torch/decode-torch-file.ts";
import { encodeTorchFile } from "../packages/tsimm/src/weights/torch/encode-torch-file.ts";
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

describe("what timm saved is safe", () => {
  const refuse = async (words: readonly string[]) => {
    const { code, stderr } = await tsimm(words, { cwd: root });
    return [code, stderr.split("\n").find((line) => line.startsWith("tsimm: "))];
  };
  const adamw = () => stamps(join(root, "out", "adamw"));

  test("from a new run in its folder, with --overwrite too", async () => {
    const before = await adamw();
    const words = ["train", "--resume", file("adamw"), ...here("adamw"), "--overwrite"];
    expect(await refuse(words)).toEqual([
      2,
      `tsimm: train: --experiment must not be the folder of a run of timm's, which stays as it is, got "${join(root, "out", "adamw")}", which holds last.pth.tar; pass another name`,
    ]);
    expect(await adamw()).toEqual(before);
  });

  test("from an export", async () => {
    await succeed(["train", "--resume", file("sgd"), "--epochs", "4", ...here("exported")]);
    const before = await adamw();
    const words = ["export", "--format", "timm", join("out", "exported"), "-o", file("adamw")];
    expect(await refuse(words)).toEqual([
      2,
      `tsimm: export: --output must be a new file with --format timm, as what timm has trained may have no copy, got "${file("adamw")}"; pass another name, or take the file away first`,
    ]);
    expect(await adamw()).toEqual(before);
  });

  test("from a run that would begin anew where timm has no last.pth.tar", async () => {
    const folder = join(root, "out", "begun");
    await mkdir(folder);
    const keys = [...Object.keys(timmFlags), "model", "epochs"].map((key) => `${key}: null\n`);
    await writeFile(join(folder, "args.yaml"), keys.join(""));
    expect(await refuse(["train", "--resume", folder])).toEqual([
      2,
      `tsimm: train: --resume must be a run that has saved a checkpoint, got "${folder}", where timm's train.py has saved none; wait for its first epoch, or begin elsewhere with -c "${join(folder, "args.yaml")}"`,
    ]);
    await cp(join(root, file("sgd")), join(folder, "checkpoint-3.pth.tar"));
    expect(await refuse(["train", "--resume", folder])).toEqual([
      2,
      `tsimm: train: --resume must name one file of timm's where its folder holds no last.pth.tar, got "${folder}", which holds checkpoint-3.pth.tar`,
    ]);
    expect(await readdir(folder)).toEqual(["args.yaml", "checkpoint-3.pth.tar"]);
  });
});

test.each(["checkpoint-3", "last.resume", "args.yaml"])(
  "a run taken back that is killed at its %s goes on with its own settings",
  async (name) => {
    const run = `killed-${name}`;
    const folder = join(root, "out", run);
    const words = ["train", "--resume", file("sgd"), "--seed", "7", "--no-tune"];
    const env = {
      NODE_OPTIONS: `--import ${new URL("./kill-at.mjs", import.meta.url).href}`,
      ...{ KILL_FOLDER: folder, KILL_NAME: name, KILL_AT: "1" },
    };
    const killed = await tsimm([...words, ...here(run)], { cwd: root, env });
    expect(killed.signal).toBe("SIGKILL");
    await succeed(["train", "--resume", folder]);
    const reference = join(root, "out", "not-killed");
    if (!(await readdir(join(root, "out"))).includes("not-killed")) {
      await succeed([...words, ...here("not-killed")]);
    }
    expect(await summaryOf(folder)).toEqual(await summaryOf(reference));
  },
);

test("a run of timm's that names no folder does not go on with the images of the demo", async () => {
  const checkpoint = decodeTorchFile(await readFile(join(root, file("sgd"))));
  if (!(checkpoint instanceof Map)) throw new Error("not timm's");
  await mkdir(join(root, "out", "streamed"));
  const path = join(root, file("streamed"));
  await writeFile(path, encodeTorchFile(checkpoint.set("args", new Map([["model", "test_vit"]]))));
  const { code, stderr } = await tsimm(["train", "--resume", path, ...here("demo")], { cwd: root });
  expect([code, stderr.trimEnd().split("\n").at(-1)]).toEqual([
    2,
    `tsimm: train: --resume must be a run on a folder of images, got "${path}", which names none; pass it: tsimm train FOLDER --resume "${path}"`,
  ]);
});

test("weights of another model are the file's fault", async () => {
  const { code, stderr } = await tsimm(
    ["train", "--resume", file("sgd"), "--num-classes", "9", ...here("other")],
    { cwd: root },
  );
  expect(stderr).toContain(
    `tsimm: train: --resume must hold the weights of the model, got "${join(root, file("sgd"))}": loadState: `,
  );
  expect(stderr).toMatch(/; pass the --model and --num-classes that it was saved with, or /);
  expect(code).toBe(2);
});
