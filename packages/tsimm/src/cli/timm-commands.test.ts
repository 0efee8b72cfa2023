/** The training commands of timm's documentation, as they are written there. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import sharp from "sharp";
import { afterAll, beforeAll, expect, test } from "vitest";
import { train } from "../recipe/train.ts";
import { trainCommand } from "./commands/train.ts";
import { expandFlags } from "./expand-flags.ts";
import { judgeTimmOptions } from "./timm-options.ts";
import { givenArguments } from "./train-options.ts";

/**
 * What follows `./distributed_train.sh <processes>` or `train.py` in `hfdocs/source/training_script.mdx` and
 * `changes.mdx`. The slash before one `--data-dir` there, a slip of the keyboard, is left out.
 */
const commands = [
  "--data-dir /data/imagenet --model seresnet34 --sched cosine --epochs 150 --warmup-epochs 5 --lr 0.4 --reprob 0.5 --remode pixel --batch-size 256 --amp -j 4",
  "--data-dir /imagenet/ --model efficientnet_b2 -b 128 --sched step --epochs 450 --decay-epochs 2.4 --decay-rate .97 --opt rmsproptf --opt-eps .001 -j 8 --warmup-lr 1e-6 --weight-decay 1e-5 --drop 0.3 --drop-path 0.2 --model-ema --model-ema-decay 0.9999 --aa rand-m9-mstd0.5 --remode pixel --reprob 0.2 --amp --lr .016",
  "--data-dir /imagenet/ --model mixnet_xl -b 128 --sched step --epochs 450 --decay-epochs 2.4 --decay-rate .969 --opt rmsproptf --opt-eps .001 -j 8 --warmup-lr 1e-6 --weight-decay 1e-5 --drop 0.3 --drop-path 0.2 --model-ema --model-ema-decay 0.9999 --aa rand-m9-mstd0.5 --remode pixel --reprob 0.3 --amp --lr .016 --dist-bn reduce",
  "--data-dir /imagenet/ --model seresnext26t_32x4d --lr 0.1 --warmup-epochs 5 --epochs 160 --weight-decay 1e-4 --sched cosine --reprob 0.4 --remode pixel -b 112",
  "--data-dir /imagenet/ --model efficientnet_b0 -b 384 --sched step --epochs 450 --decay-epochs 2.4 --decay-rate .97 --opt rmsproptf --opt-eps .001 -j 8 --warmup-lr 1e-6 --weight-decay 1e-5 --drop 0.2 --drop-path 0.2 --model-ema --model-ema-decay 0.9999 --aa rand-m9-mstd0.5 --remode pixel --reprob 0.2 --amp --lr .048",
  "--data-dir /imagenet -b 64 --model resnet50 --sched cosine --epochs 200 --lr 0.05 --amp --remode pixel --reprob 0.6 --aug-splits 3 --aa rand-m9-mstd0.5-inc1 --resplit --split-bn --jsd --dist-bn reduce",
  "--data-dir /imagenet --model efficientnet_es -b 128 --sched step --epochs 450 --decay-epochs 2.4 --decay-rate .97 --opt rmsproptf --opt-eps .001 -j 8 --warmup-lr 1e-6 --weight-decay 1e-5 --drop 0.2 --drop-path 0.2  --aa rand-m9-mstd0.5 --remode pixel --reprob 0.2 --amp --lr .064",
  "--data-dir imagenet/ --model mobilenetv3_large_100 -b 512 --sched step --epochs 600 --decay-epochs 2.4 --decay-rate .973 --opt rmsproptf --opt-eps .001 -j 7 --warmup-lr 1e-6 --weight-decay 1e-5 --drop 0.2 --drop-path 0.2 --model-ema --model-ema-decay 0.9999 --aa rand-m9-mstd0.5 --remode pixel --reprob 0.2 --amp --lr .064 --lr-noise 0.42 0.9",
  "--data-dir /imagenet --model resnext50_32x4d --lr 0.6 --warmup-epochs 5 --epochs 240 --weight-decay 1e-4 --sched cosine --reprob 0.4 --recount 3 --remode pixel --aa rand-m7-mstd0.5-inc1 -b 192 -j 6 --amp --dist-bn reduce",
  "--data-dir /imagenet --model resnet50 --amp --model-kwargs output_stride=16 act_layer=silu",
  "--data-dir /imagenet --model vit_base_patch16_clip_224 --img-size 240 --amp --model-kwargs img_size=240 patch_size=12",
];

/** A size at which every command is quick, a multiple of the patches of the last one. */
const SIDE = "48";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "tsimm-commands-"));
  for (const [split, count] of [
    ["train", 2],
    ["val", 1],
  ] as const) {
    for (const [name, background] of [
      ["cat", "#c82828"],
      ["dog", "#2828c8"],
    ] as const) {
      await mkdir(join(folder, "photos", split, name), { recursive: true });
      for (let index = 0; index < count; index++) {
        const image = sharp({ create: { width: 40 + index, height: 36, channels: 3, background } }).png();
        await writeFile(join(folder, "photos", split, name, `${index}.png`), await image.toBuffer());
      }
    }
  }
});
afterAll(() => rm(folder, { recursive: true }));

/** Arguments and notes of a command line. */
function parsed(line: string) {
  const command = trainCommand().exitOverride();
  const flags = (isHidden: boolean) =>
    command.options.flatMap(({ long, hidden }) => (hidden === isHidden && long !== undefined ? [long] : []));
  command.action(() => {}).parse(expandFlags(line.split(/ +/), flags(false), flags(true)), { from: "user" });
  return { given: givenArguments(command, command.args[0]), judged: judgeTimmOptions(command) };
}

class Enough extends Error {}

test.each(commands)("%s", async (line) => {
  const { given, judged } = parsed(line.replaceAll("240", SIDE));
  expect(judged.problems).toEqual([]);
  expect(judged.withoutEffect).toEqual(["--amp", "--dist-bn"].filter((flag) => line.includes(flag)));
  const small = { batchSize: 2, imgSize: Number(SIDE), epochs: 1, workers: 0, tune: false } as const;
  const place = { dataDir: join(folder, "photos"), output: folder };
  const losses: number[] = [];
  const run = train(
    { ...given, ...small, ...place },
    {
      listeners: [
        {
          name: "two updates",
          on(event) {
            if (event.type === "updateDone" && losses.push(event.loss) === 2) throw new Enough("two updates");
          },
        },
      ],
    },
  );
  await expect(run).rejects.toThrow("two updates");
  expect(losses.filter((loss) => loss > 0 && Number.isFinite(loss))).toHaveLength(2);
});
