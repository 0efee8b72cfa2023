/** `tsimm lr-find`, and `tsimm predict` as tables, as a user runs them. */
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createModel, exportOnnx } from "tsimm";
import { afterAll, beforeAll, expect, test } from "vitest";
import { colourFolder, tsimm } from "./command-line.fixture.ts";

const MODEL = ["--model", "test_resnet", "--img-size", "32", "-b", "8", "-j", "1", "--threads", "1"];

let root = "";
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-lr-find-"));
  await colourFolder(join(root, "photos"), { train: 6, val: 2 });
}, 60_000);
afterAll(() => rm(root, { recursive: true }));

test("lr-find suggests a rate at which this model learns, draws it, and leaves nothing else", async () => {
  const files = ["rate.svg", "rate.png", "rate.csv", "rate.json"];
  const flags = ["--lr-find-steps", "40", "--smoothing", "0", "--opt", "adamw", "--experiment", "not-made"];
  const outputs = files.flatMap((file) => ["-o", file]);
  const ended = await tsimm(["lr-find", "photos", ...MODEL, ...flags, ...outputs], { cwd: root });
  expect([ended.code, ended.stderr]).toEqual([
    0,
    expect.stringContaining("LR find: [   0/40]  LR: 1.000e-7  Loss: "),
  ]);
  expect((await readdir(root)).toSorted()).toEqual(["photos", ...files].toSorted());
  const [, said = ""] = /^Suggested learning rate: (\S+) .* for 8 images an update/m.exec(ended.stdout) ?? [];
  expect(Number(said)).toBeGreaterThan(1e-6);
  expect(Number(said)).toBeLessThan(1);
  const found: { suggestion: number; points: object[] } = JSON.parse(
    await readFile(join(root, "rate.json"), "utf8"),
  );
  expect(Number(found.suggestion.toPrecision(2))).toBe(Number(said));
  const rows = (await readFile(join(root, "rate.csv"), "utf8")).trimEnd().split("\r\n");
  expect([rows[0], rows.length]).toEqual(["lr,loss,smoothed,curve", found.points.length + 1]);
  expect(await readFile(join(root, "rate.svg"), "utf8")).toContain(`Learning-rate range test: ${said}`);
});

test.each([
  [["--lr-find-end", "1e-9"], "lr-find: --lr-find-end must be > --lr-find-start (= 1e-7), got 1e-9"],
  [["--lr-find-steps", "3"], "lr-find: --lr-find-steps must be an integer >= 10, got 3"],
  [
    ["-o", "rate.gif"],
    'lr-find: --lr-find-output must end in one of .svg, .png, .csv, .json, got "rate.gif"',
  ],
  [["--opt", "adamm"], "lr-find: --opt must be one of"],
])("lr-find refuses %j", async (words, message) => {
  const ended = await tsimm(["lr-find", "photos", ...MODEL, ...words], { cwd: root });
  expect([ended.code, ended.stdout]).toEqual([2, ""]);
  expect(ended.stderr).toContain(`tsimm: ${message}`);
});

test("predict writes timm's tables, of one model or of the mean of two", async () => {
  for (const seed of [1, 2]) {
    const model = createModel("test_resnet", { numClasses: 2, seed });
    const bytes = exportOnnx(model, { classNames: ["cat", "dog"], dataConfig: { inputSize: [3, 32, 32] } });
    await writeFile(join(root, `${seed}.onnx`), bytes);
  }
  const predict = async (...words: string[]) => {
    const ended = await tsimm(["predict", "photos/val/red", ...words], { cwd: root });
    expect([ended.code, ended.stderr]).toEqual([0, expect.any(String)]);
    return ended.stdout;
  };
  const of = async (...words: string[]): Promise<Record<string, { label: string[]; prob: number[] }>> =>
    JSON.parse(await predict("--json", "--topk", "2", ...words));
  const [first, second, both] = await Promise.all([
    of("--checkpoint", "1.onnx"),
    of("--checkpoint", "2.onnx"),
    of("--checkpoint", "1.onnx", "--checkpoint", "2.onnx"),
  ]);
  const cat = (said: typeof first, file: string) =>
    said[file]?.prob[said[file]?.label.indexOf("cat") ?? -1] ?? Number.NaN;
  expect(Object.keys(both)).toEqual(["0.png", "1.png"]);
  expect(cat(both, "0.png")).toBeCloseTo((cat(first, "0.png") + cat(second, "0.png")) / 2, 6);
  const written = await predict(
    ...["--checkpoint", "1.onnx", "--results-dir", "results", "--results-format", "csv", "json-split"],
    ...["--include-index", "--fullname"],
  );
  expect(written).toMatch(/^--result\n\{/);
  expect(await readdir(join(root, "results"))).toEqual(["test_resnet-32.csv", "test_resnet-32.json"]);
  const [header, row] = (await readFile(join(root, "results/test_resnet-32.csv"), "utf8")).split("\r\n");
  expect(header).toBe("filename,index,label,prob");
  expect(row).toMatch(/^photos\/val\/red\/0\.png,[01],(cat|dog),0\.\d+$/);
});
