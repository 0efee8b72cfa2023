/** Runs that are copied, moved, stopped in every way, out of disk, or gone back in. */
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { colourFolder, type Ended, type RunOptions, tsimm } from "./command-line.fixture.ts";

// Each test runs the command line up to four times.
vi.setConfig({ testTimeout: 180_000 });

let root = "";
const out = (...names: string[]) => join(root, "out", ...names);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-going-on-"));
  await colourFolder(join(root, "photos"), { train: 5, val: 2 });
  const { code, stderr } = await train(["--epochs", "3", "--experiment", "whole"]);
  if (code !== 0) throw new Error(stderr);
}, 120_000);
afterAll(() => rm(root, { recursive: true }));

const SMALL = ["--model", "test_resnet", "--img-size", "32", "-b", "5", "--warmup-epochs", "0", "-j", "1"];
const train = (words: readonly string[], options: Partial<RunOptions> = {}) =>
  tsimm(["train", "photos", ...SMALL, "--threads", "1", "--log-interval", "1", "--output", "out", ...words], {
    cwd: root,
    ...options,
  });
const resume = (words: readonly string[], options: Partial<RunOptions> = {}) =>
  tsimm(["train", "--resume", ...words], { cwd: root, ...options });

async function contents(name: string): Promise<Record<string, string>> {
  const files = (await readdir(out(name))).sort();
  const hashes: Record<string, string> = {};
  for (const file of files) {
    hashes[file] = createHash("sha256")
      .update(await readFile(out(name, file)))
      .digest("hex");
  }
  return hashes;
}

/** Sends a signal, or does something else, once a text is in the log. */
function at(text: string, act: (kill: (signal: NodeJS.Signals) => void) => void): Partial<RunOptions> {
  let done = false;
  return {
    watch(stderr, kill) {
      if (done || !stderr.includes(text)) return;
      done = true;
      act(kill);
    },
  };
}

describe("where a run goes on", () => {
  test("at its newest state, whatever the dates of the files say; a run that is done is left alone", async () => {
    await cp(out("whole"), out("copy"), { recursive: true });
    const whole = await contents("whole");
    for (const [index, file] of (await readdir(out("copy"))).sort().reverse().entries()) {
      await utimes(out("copy", file), 1_000_000 + index, 1_000_000 + index);
    }
    const done = await resume(["out/copy"]);
    expect(done.stderr).toContain("copy/last.resume.safetensors (epoch 2, update 12)\n");
    expect(done.stderr).toContain("All 3 epochs are done, the run is complete\n");
    expect(done.stdout).toMatch(/^--result\n/);
    expect(done.code).toBe(0);
    expect(await contents("copy")).toEqual(whole);

    await rm(out("copy", "model.onnx"));
    await cp(out("whole", "summary.csv"), out("copy", "curves.svg"));
    const completed = await resume(["out/copy"]);
    expect(completed.stderr).toContain(
      "All 3 epochs are done, completed the run: wrote curves.svg, model.onnx\n",
    );
    expect(completed.code).toBe(0);
    expect(await contents("copy")).toEqual(whole);
  });

  test("at an older checkpoint: it says what it removes, and ends as the run that it was", async () => {
    await cp(out("whole"), out("older"), { recursive: true });
    const ended = await resume(["out/older/checkpoint-0.resume.safetensors"]);
    expect(ended.stderr).toMatch(
      /^WARNING: going back to epoch 1: what the run did from there on is removed and trained anew \((?=.*last)(?=.*checkpoint-2)(?=.*checkpoint-1)[^)]*\)/m,
    );
    expect(ended.code).toBe(0);
    expect(await contents("older")).toEqual(await contents("whole"));
  });

  test("with the images in another folder: the old place is named, and how to go on", async () => {
    await cp(out("whole"), out("moved"), { recursive: true });
    await rename(join(root, "photos"), join(root, "elsewhere"));
    try {
      const lost = await resume(["out/moved", "--epochs", "4"]);
      expect(lost.stderr).toContain(
        `tsimm: train: the images were in "${join(root, "photos")}", which is not there; pass the new folder: tsimm train FOLDER --resume "out/moved"\n`,
      );
      expect(lost.code).toBe(2);
      const found = await tsimm(["train", "elsewhere", "--resume", "out/moved", "--epochs", "4"], {
        cwd: root,
      });
      expect(found.stderr).not.toContain("images are not those");
      expect(found.code).toBe(0);
    } finally {
      await rename(join(root, "elsewhere"), join(root, "photos"));
    }
  });

  test("names from files never lead out of the output folder", async () => {
    await writeFile(join(root, "evil.yaml"), "experiment: ../../x\n");
    const before = await readdir(root);
    for (const words of [
      ["-c", "evil.yaml"],
      ["--experiment", "../x"],
      ["--experiment", join(root, "x")],
    ]) {
      const ended = await train(["--epochs", "1", ...words]);
      expect(ended.stderr).toContain("tsimm: train: --experiment must be the name of one folder");
      expect(ended.code).toBe(2);
    }
    expect(await readdir(root)).toEqual(before);
  });
});

describe("what stops a run", () => {
  const stopped = async (name: string, ended: Ended) => {
    expect([ended.code, ended.signal]).toEqual([130, null]);
    const files = await readdir(out(name));
    expect(files.filter((file) => /^recovery-1-\d+\.resume\.safetensors$/.test(file))).toHaveLength(1);
    expect(files.filter((file) => file.startsWith("."))).toEqual([]);
  };

  test.skipIf(process.platform === "win32")("a hang-up, then other images", async () => {
    const options = at("Train: 1 [   1/4", (kill) => kill("SIGHUP"));
    const ended = await train(["--epochs", "9", "--experiment", "hup"], options);
    expect(ended.stderr).toContain("Stopped; go on with: npx tsimm train --resume out/hup\n");
    await stopped("hup", ended);

    const image = join(root, "photos", "train", "red", "0.png");
    const bytes = await readFile(image);
    await cp(join(root, "photos", "train", "red", "1.png"), image);
    try {
      const changed = await resume(["out/hup"]);
      expect(changed.stderr).toContain(
        "tsimm: train: the training images must be those that epoch 1 began with to go on in the middle of it, got others",
      );
      expect(changed.code).toBe(2);
      const anew = await resume(["out/hup/last.resume.safetensors", "--epochs", "2"]);
      expect(anew.stderr).toMatch(
        /^WARNING: the training images are not those that the checkpoint was written with/m,
      );
      expect(anew.code).toBe(0);
    } finally {
      await writeFile(image, bytes);
    }
  });

  test.skipIf(process.platform === "win32")("a reader of the log that has seen enough", async () => {
    const options = { closeStderr: "Train: 1 [   0/4" };
    await stopped("closed", await train(["--epochs", "50", "--experiment", "closed"], options));
  });

  test("Ctrl-C before the first update: nothing is kept, nothing is advised", async () => {
    const options = at("Data: ", (kill) => kill("SIGINT"));
    const ended = await train(["--epochs", "9", "--experiment", "early"], options);
    expect(ended.stderr).toMatch(
      /^Stopped before the first update, with nothing to keep; the same command starts again$/m,
    );
    expect(ended.stderr).not.toContain("--resume");
    expect(ended.code).toBe(130);
    expect(await readdir(out())).not.toContain("early");
  });

  test("a second process in the folder is refused while the first one lives", async () => {
    let second: Promise<Ended> | undefined;
    const options = at("Train: 0 [   0/4", () => {
      second = resume(["out/busy"]);
    });
    const first = await train(["--epochs", "12", "--experiment", "busy"], options);
    const refused = await second;
    expect(refused?.stderr).toMatch(/^tsimm: train: ".*busy" is in use by process \d+; wait for its end/m);
    expect(refused?.code).toBe(2);
    expect(first.code).toBe(0);
    expect((await readdir(out("busy"))).filter((file) => file.startsWith("."))).toEqual([]);
  });

  test.each([
    [
      "ENOSPC",
      45,
      /cannot write ".*full-ENOSPC\/.*" \(ENOSPC: injected\); the last checkpoint \(last, epoch 0\) is whole: make room, then go on with --resume ".*full-ENOSPC"$/m,
    ],
    [
      "EROFS",
      9,
      /cannot write ".*full-EROFS\/.*" \(EROFS: injected\); there is no checkpoint yet: make the folder writable, then begin again with --resume ".*full-EROFS"$/m,
    ],
  ])("a disk that gives %s, and then goes on", async (code, change, message) => {
    const name = `full-${code}`;
    const preload = new URL("./kill-at.mjs", import.meta.url).href;
    const env = {
      ...{ NODE_OPTIONS: `--import ${preload}`, FAIL_CODE: code, KILL_AT: String(change) },
      KILL_FOLDER: out(name),
    };
    const ended = await train(["--epochs", "3", "--experiment", name], { env });
    expect(ended.stderr).toMatch(message);
    expect(ended.code).toBe(1);
    const again = await resume([`out/${name}`, "--experiment", name]);
    expect(again.code).toBe(0);
    const { "args.yaml": _own, ...files } = await contents(name);
    const { "args.yaml": _other, ...whole } = await contents("whole");
    expect(Object.keys(files)).toEqual(Object.keys(whole));
    for (const file of ["last.safetensors", "model_best.safetensors", "summary.csv", "model.onnx"]) {
      expect([file, files[file]]).toEqual([file, whole[file]]);
    }
  });
});

test("two runs started in the same second get two folders", async () => {
  await mkdir(join(root, "pair"));
  const begin = () =>
    tsimm(["train", "photos", ...SMALL, "--threads", "1", "--epochs", "1", "--output", "pair"], {
      cwd: root,
    });
  const ended = await Promise.all([begin(), begin()]);
  expect(ended.map(({ code }) => code)).toEqual([0, 0]);
  expect(await readdir(join(root, "pair"))).toHaveLength(2);
});
