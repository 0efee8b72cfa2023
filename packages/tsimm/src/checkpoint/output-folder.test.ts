import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { checkExperiment, createOutputFolder, runName } from "./output-folder.ts";

let parent = "";
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), "tsimm-output-"));
});
afterAll(() => rm(parent, { recursive: true }));

test("names a run by time, model and size", () => {
  const now = new Date(2026, 10, 2, 3, 4, 5);
  expect(runName("resnet18", 32, now)).toBe("20261102-030405-resnet18-32");
  expect(runName("resnet18.a1_in1k.", 224, now)).toBe("20261102-030405-resnet18_a1_in1k-224");
});

test("a folder that holds a run is taken only with overwrite", async () => {
  const options = { parent, name: "run", overwrite: false };
  const take = async (overwrite: boolean) => {
    const { folder, lock } = await createOutputFolder({ ...options, overwrite });
    await lock.release();
    return folder;
  };
  const folder = await take(false);
  expect(await take(false)).toBe(folder);
  const refused = `"${folder}" holds a run; pass --resume`;
  for (const file of ["args.yaml", "last.resume.safetensors"]) {
    await writeFile(join(folder, file), "");
    await writeFile(join(folder, "notes.txt"), "");
    await writeFile(join(folder, "per-class.csv"), "");
    await expect(take(false)).rejects.toThrow(refused);
    expect(await take(true)).toBe(folder);
    expect(await readdir(folder)).toEqual(["notes.txt"]);
  }
});

test("a folder of timm's is refused, with overwrite too, and nothing in it is touched", async () => {
  const folder = join(parent, "timm");
  const files = ["checkpoint-0.pth.tar", "summary.csv"];
  await mkdir(folder);
  for (const file of files) await writeFile(join(folder, file), "timm's");
  for (const overwrite of [false, true]) {
    await expect(createOutputFolder({ parent, name: "timm", overwrite })).rejects.toThrow(
      `train: --experiment must not be the folder of a run of timm's, which stays as it is, got "${folder}", which holds checkpoint-0.pth.tar; pass another name`,
    );
    expect((await readdir(folder)).sort()).toEqual(files);
  }
});

test("a folder in use is refused, with overwrite too, and nothing in it is touched", async () => {
  const options = { parent, name: "busy", overwrite: true };
  const { folder, lock } = await createOutputFolder(options);
  await writeFile(join(folder, "args.yaml"), "");
  await expect(createOutputFolder(options)).rejects.toThrow(
    `train: "${folder}" is in use by another run of this process; wait for its end`,
  );
  expect((await readdir(folder)).sort()).toEqual([".tsimm.lock", "args.yaml"]);
  await lock.release();
  expect(await readdir(folder)).toEqual(["args.yaml"]);
});

test("runs of one name that are started together get numbers", async () => {
  const options = { parent, name: "20261102-030405-net-32", numbered: true, overwrite: false };
  const claimed = await Promise.all([1, 2, 3].map(() => createOutputFolder(options)));
  expect(claimed.map(({ folder }) => basename(folder)).sort()).toEqual([
    "20261102-030405-net-32",
    "20261102-030405-net-32-1",
    "20261102-030405-net-32-2",
  ]);
});

test.each([
  ...["../x", "a/b", "/etc", "..", ".", "", ".hidden", "a\\b", "a\u0000b", "a\nb", "\u001b[31m"],
  ...["con", "NUL.txt", "lpt1", "end.", "end ", "x".repeat(201)],
])("the name %j is no folder's", async (name) => {
  expect(() => checkExperiment(name)).toThrow(
    /^train: --experiment must be the name of one folder, .*, got "/,
  );
  await expect(createOutputFolder({ parent, name, overwrite: true })).rejects.toThrow("--experiment");
});

test.each(["t", "run 1", "größe-猫", "a..b", "lr=0.1,b=2", "console"])("the name %j is one", (name) => {
  expect(() => checkExperiment(name)).not.toThrow();
});

test("a folder that cannot be made is one clear error", async () => {
  await writeFile(join(parent, "file"), "");
  for (const numbered of [false, true]) {
    await expect(
      createOutputFolder({ parent: join(parent, "file"), name: "run", numbered, overwrite: false }),
    ).rejects.toThrow(
      /^train: --output must be a folder that can be written, got ".*" \((ENOTDIR|EEXIST)\)$/,
    );
  }
});
