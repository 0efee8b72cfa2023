/** Folders as people have them, through the command line. */
import { execFileSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeSafetensors } from "../packages/tsimm/src/weights/safetensors.ts";
import { colourFolder, tsimm } from "./command-line.fixture.ts";

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-folders-"));
  await colourFolder(join(root, "photos"), { train: 3, val: 3 });
});
afterAll(() => rm(root, { recursive: true }));

const SMALL = ["--model", "test_resnet", "--img-size", "32", "-b", "4", "-j", "1", "--threads", "1"];
const train = (name: string, ...words: string[]) =>
  tsimm(["train", name, ...SMALL, "--epochs", "1", "--warmup-epochs", "0", "--experiment", name, ...words], {
    cwd: root,
  });
const lines = (text: string) => text.split("\n");

test.skipIf(process.platform === "win32")(
  "a folder with what systems leave in it trains as a clean one",
  async () => {
    await cp(join(root, "photos"), join(root, "messy"), { recursive: true });
    const messy = (path: string) => join(root, "messy", path);
    for (const folder of ["train/.ipynb_checkpoints", "train/__MACOSX", "val/red/@eaDir"]) {
      await mkdir(messy(folder));
      await cp(messy("train/red/1.png"), messy(`${folder}/1.png`));
    }
    for (const file of ["train/red/._0.png", "train/Thumbs.db"]) await writeFile(messy(file), "x");
    await writeFile(messy("train/red/note\u001b[31m\n.txt"), "x");
    await writeFile(messy("val/red/photo.heic"), "x");
    execFileSync("mkfifo", [messy("train/red/pipe.png")]);
    await symlink("/dev/zero", messy("train/red/zero.png"));
    await symlink(".", messy("train/red/loop"));
    const [clean, other] = [await train("photos"), await train("messy")];
    expect(clean.stderr).not.toContain("Left out");
    expect(other.code).toBe(0);
    expect(lines(other.stderr).filter((line) => line.startsWith("Left out"))).toEqual([
      `Left out of ${messy("train")}: 1 .txt, 4 hidden or system files, 2 special files, 1 repeated link`,
      `Left out of ${messy("val")}: 1 .heic, 1 hidden or system file`,
    ]);
    const weights = (name: string) => readFile(join(root, "output", "train", name, "last.safetensors"));
    expect((await weights("messy")).equals(await weights("photos"))).toBe(true);

    const checkpoint = join(root, "output/train/photos/model.onnx");
    for (const [from, to] of [
      ["1", "10"],
      ["0", "\u001b[2J"],
    ])
      await rename(messy(`train/red/${from}.png`), messy(`train/red/${to}.png`));
    const predicted = await tsimm(["predict", "messy/train/red", "--checkpoint", checkpoint], { cwd: root });
    expect(lines(predicted.stdout).map((line) => line.split(": ")[0])).toEqual(
      ["2", "10", "\\x1b[2J"].map((name) => `messy/train/red/${name}.png`).concat(""),
    );
    expect(predicted.stderr).toBe(
      "Left out of messy/train/red: 1 .txt, 2 special files, 1 hidden or system file, 1 repeated link\n",
    );
    expect(predicted.code).toBe(0);
  },
);

test("an unreadable image is left out of validation, as if it were not there", async () => {
  for (const name of ["broken", "without"])
    await cp(join(root, "photos"), join(root, name), { recursive: true });
  await writeFile(join(root, "broken/val/blue/1.png"), "no image");
  await rm(join(root, "without/val/blue/1.png"));
  await writeFile(join(root, "broken/val/blue/0.png"), "no image either");
  await rm(join(root, "without/val/blue/0.png"));
  const [broken, without] = [await train("broken"), await train("without")];
  expect(broken.stderr).toMatch(/^WARNING: Skipped sample \(index 1\): .*val\/blue\/1\.png: /m);
  expect(broken.stderr).toContain("npx tsimm predict broken/val/blue/2.png --checkpoint");
  expect(broken.stderr).toContain("Test: 2 of 12 images cannot be read and do not count\n");
  expect(broken.stdout).toBe(without.stdout);
  expect(broken.code).toBe(0);
});

test.skipIf(process.platform === "win32")(
  "pipes and devices are refused at once, whatever they are given for",
  async () => {
    execFileSync(
      "mkfifo",
      ["pipe.yaml", "pipe.safetensors", "pipe.onnx", "pipe.resume.safetensors"].map((name) =>
        join(root, name),
      ),
    );
    const regular = (name: string) => `"${name}" must be a regular file, got a `;
    const cases: [string[], number, string][] = [
      [["train", "photos", "-c", "pipe.yaml"], 2, regular("pipe.yaml")],
      [["train", "photos", ...SMALL, "--initial-checkpoint", "/dev/zero"], 2, regular("/dev/zero")],
      [["train", "--resume", "pipe.resume.safetensors"], 2, regular("pipe.resume.safetensors")],
      [["predict", "photos", "--checkpoint", "pipe.onnx"], 1, regular("pipe.onnx")],
    ];
    await writeFile(join(root, "other.safetensors"), encodeSafetensors(new Map()));
    const named = `tsimm: predict: --checkpoint must be a model.onnx, a .safetensors file of a run or a checkpoint of timm's, got "`;
    cases.push(
      [["predict", "photos", "--checkpoint", "none.onnx"], 1, `${named}none.onnx" (ENOENT)\n`],
      [
        ["predict", "photos", "--checkpoint", "photos"],
        1,
        `folder of a run, or one with such files, got "photos" without any\n`,
      ],
      [
        ["train", "photos", ...SMALL, "--train-split", "traning"],
        2,
        `tsimm: train: --train-split must be a folder of ${join(root, "photos")}, got "traning"; there is train, val\n`,
      ],
      [
        ["train", "photos", ...SMALL, "--val-split", "test\u001b[1m"],
        2,
        `--val-split must be a folder of ${join(root, "photos")}, got "test\\x1b[1m"; there is train, val\n`,
      ],
      [
        ["train", "photos", ...SMALL, "--initial-checkpoint", "other.safetensors"],
        2,
        'tsimm: train: --initial-checkpoint must hold the weights of --model, got "other.safetensors" (loadState: tensors must be the state of test_resnet; ',
      ],
      [["train", "--sch\u001b[1med", "step"], 2, "tsimm: unknown option '--sch\\x1b[1med'\n"],
    );
    for (const [words, code, message] of cases) {
      const ended = await tsimm(words, { cwd: root });
      expect(ended.stderr).toContain(message);
      expect(ended.code).toBe(code);
    }
  },
);
