/** What the commands on trained models refuse, before anything is written. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { colourFolder } from "../../../../test/command-line.fixture.ts";
import { train } from "../recipe/train.ts";
import { exportCommand } from "./commands/export.ts";
import { validateCommand } from "./commands/validate.ts";

let root = "";
const place = (word: string) => word.replace("@", root);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-refusals-"));
  await colourFolder(join(root, "photos"), { train: 3, val: 1 });
  await train({
    ...{ dataDir: join(root, "photos"), model: "test_resnet", imgSize: 32, batchSize: 4, workers: 0 },
    ...{ epochs: 1, output: root, experiment: "run", engine: "native" },
  });
}, 60_000);
afterAll(() => rm(root, { recursive: true }));

const COMMANDS = { validate: validateCommand, export: exportCommand } as const;

test.each([
  ["validate @/photos", "validate: --checkpoint must be given"],
  ["validate @/photos --checkpoint @/nowhere", 'validate: --checkpoint must exist, got "@/nowhere"'],
  ["validate @/photos --checkpoint @/photos", 'got "@/photos" without any'],
  [
    "validate @/photos --checkpoint @/run --img-size 0",
    "validate: --img-size must be an integer >= 1, got 0",
  ],
  ["validate @/photos --data-dir x --checkpoint @/run", "validate: --data-dir must be given once"],
  [
    "validate @/photos --checkpoint @/run --split x",
    'validate: --split must be a folder of @/photos, got "x"; there is train, val',
  ],
  [
    "validate @/nowhere --checkpoint @/run",
    'validate: --data-dir must be a folder, a .tar or a .csv file, got "@/nowhere"',
  ],
  [
    "validate @/photos --checkpoint @/run --confusion x.gif",
    'validate: --confusion must end in .svg, .png, .csv, got "x.gif"',
  ],
  [
    "validate @/photos --checkpoint @/run --results-file x.txt",
    "validate: --results-file must end in .csv or .json",
  ],
  [
    "validate @/photos --checkpoint @/run/model.onnx --img-size 64",
    "validate: --img-size must be the 32 of the ONNX file, got 64",
  ],
  [
    "validate @/photos --checkpoint @/run/model.onnx --use-test-size",
    "validate: --use-test-size must be off for an ONNX file",
  ],
  [
    "validate @/photos --checkpoint @/run/model.onnx --model resnet18",
    "validate: --model must be absent for an ONNX file",
  ],
  [
    "validate @/photos --checkpoint @/run --num-classes 7",
    "validate: --num-classes must be the 4 of the checkpoint, got 7",
  ],
  ["validate @/photos --checkpoint @/run --model resnet19", 'did you mean "resnet18"?'],
  [
    "validate @/photos --checkpoint @/run --use-ema --no-ema",
    "validate: --use-ema must be absent beside --no-ema",
  ],
  ["validate @/photos --checkpoint @/run --use-ema", "must hold a moving average, got plain weights"],
  [
    "validate @/photos --checkpoint @/run --mean 0.5 0.5",
    "validate: --mean must have 1 or 3 values, got 0.5 0.5",
  ],
  ["validate @/photos --checkpoint @/photos/val/red/0.png", "validate: --checkpoint must be a trained model"],
  [
    "validate @/photos --pretrained",
    "validate: --pretrained must come with --model and without --checkpoint, got no --model",
  ],
  ["validate @/photos --pretrained --model local-dir:@/nowhere", "nowhere"],
  ["export -o x.onnx", "export: --checkpoint must be given"],
  ["export --checkpoint @/run", "export: --output must be an .onnx file, got none"],
  ["export --checkpoint @/run -o x.pb", 'export: --output must be an .onnx file, got "x.pb"'],
  ["export --checkpoint @ -o x.onnx", 'export: --checkpoint must be one model, got the folder "@" with 1'],
  [
    "export --checkpoint @/run/model.onnx -o x.onnx --img-size 64",
    "export: --img-size must be the 32 of the ONNX file",
  ],
  [
    "export --checkpoint @/run -o x.onnx --class-map @/run/args.yaml",
    "export: --class-map must name the 4 outputs of the model",
  ],
])("%s", async (line, message) => {
  const [name = "", ...words] = line.split(" ").map(place);
  const quiet = vi.spyOn(process.stderr, "write").mockReturnValue(true);
  const said = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  try {
    const command = COMMANDS[name as keyof typeof COMMANDS]().exitOverride();
    const ended = command.parseAsync([...words, "--engine", "native"], { from: "user" });
    await expect(ended).rejects.toThrow(place(message));
    expect(said).not.toHaveBeenCalled();
  } finally {
    quiet.mockRestore();
    said.mockRestore();
  }
});
