/** `tsimm watch` and `tsimm report` of a run that timm has written, as a user runs them. */
import { appendFile, cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { launchChromium } from "./chromium.fixture.ts";
import { tsimm } from "./command-line.fixture.ts";
import { timmPhotos } from "./timm-photos.fixture.ts";

let root = "";
const HEADER = "epoch,train_loss,eval_loss,eval_top1,eval_top5,lr\r\n";
const ROWS = [
  "0,2.0,1.5,30.0,80.0,0.4\r\n",
  "1,1.5,1.25,40.0,85.0,0.4\r\n",
  "2,1.25,1.3,38.0,90.0,0.04000000000000001\r\n",
];
/** As timm writes them, some of 172; the rates above are those of four processes. */
const ARGUMENTS =
  "amp: true\ndata_dir: /data/<b>pets\ndecay_epochs: 2\ndecay_rate: 0.1\nepochs: 4\neval_metric: top1\nkd_model_name: resnet50\nlr: 0.1\nmodel: resnet18\nsched: step\nwarmup_epochs: 0\n";

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "tsimm-watch-command-"));
  await mkdir(join(root, "runs", "timm"), { recursive: true });
  await writeFile(join(root, "runs", "timm", "args.yaml"), ARGUMENTS);
  await writeFile(join(root, "runs", "timm", "summary.csv"), HEADER + ROWS.join(""));
});
afterAll(() => rm(root, { recursive: true }));

test("shows the present state of the newest run once", async () => {
  const { code, stdout, stderr } = await tsimm(["watch", "runs", "--once"], { cwd: root });
  expect([code, stderr]).toEqual([0, `The newest run in runs: ${join("runs", "timm")}\n`]);
  expect(stdout).toContain(`resnet18 · ${join("runs", "timm")}\n3/4 epochs ██████████████████░░░░░░ 75 %`);
  expect(stdout).toContain("lr 4.000e-02\nbest: top-1 40.00 % in epoch 1\n\nloss\n");
});

test("without a terminal writes a line for each epoch as it comes, and ends with the last", async () => {
  const table = join(root, "live", "summary.csv");
  await mkdir(join(root, "live"));
  await writeFile(join(root, "live", "args.yaml"), ARGUMENTS.replace("epochs: 4", "epochs: 3"));
  const append = [
    () => writeFile(table, HEADER + ROWS[0]),
    () => appendFile(table, (ROWS[1] ?? "") + (ROWS[2] ?? "")),
  ];
  let seen = 0;
  const grow = () => append[seen++]?.();
  const ending = tsimm(["watch", "live", "--interval", "0.1"], {
    cwd: root,
    watch: (text) => void (text.includes("Watching live") && seen === 0 && grow()),
  });
  const timer = setInterval(grow, 700);
  const { code, stdout, stderr } = await ending;
  clearInterval(timer);
  expect([code, stderr]).toEqual([0, "Watching live\nAll 3 epochs are done\n"]);
  expect(stdout.replace(/, [\d.]+ s$/gm, "").split("\n")).toEqual([
    "Epoch 0 (1/3): loss 2.00, validation loss 1.50, top-1 30.00 %, lr 4.000e-01",
    "Epoch 1 (2/3): loss 1.50, validation loss 1.25, top-1 40.00 %, lr 4.000e-01",
    "Epoch 2 (3/3): loss 1.25, validation loss 1.30, top-1 38.00 %, lr 4.000e-02",
    ...["Best: top-1 40.00 % in epoch 1", ""],
  ]);
});

test("Ctrl-C ends it as it ends `tail -f`, with what there is", async () => {
  let isSent = false;
  const ended = await tsimm(["watch", join("runs", "timm")], {
    cwd: root,
    watch(_, kill) {
      if (!isSent) setTimeout(() => kill("SIGINT"), 500);
      isSent = true;
    },
  });
  expect(ended).toMatchObject({ code: null, signal: "SIGINT" });
  expect(ended.stdout).toMatch(/\nBest: top-1 40\.00 % in epoch 1\n$/);
});

test("refuses folders of something else, and metrics that the run has not", async () => {
  const watch = (...words: string[]) => tsimm(["watch", ...words], { cwd: root });
  await mkdir(join(root, "photos", "cat"), { recursive: true });
  const ended = await Promise.all([
    watch(join("runs", "timm"), "--metric", "top2"),
    watch("photos", "--interval", "0"),
    watch("photos"),
  ]);
  expect(ended.map(({ code, stderr }) => [code, stderr.split("\n").at(-2)])).toEqual([
    [
      2,
      'tsimm: watch: --metric must be one of loss, top1, top5, train_loss, got "top2"; did you mean "top1"?',
    ],
    [2, "tsimm: watch: --interval must be a number > 0, got 0"],
    [
      1,
      'tsimm: watch: <run> must be the folder of a run, with summary.csv or args.yaml, or a folder of runs, got "photos"',
    ],
  ]);
});

test("the report of a run of timm has its curves, its schedule and its settings, and is not written beside it", async () => {
  const folder = join(root, "runs", "timm");
  const before = await readdir(folder);
  const { code, stderr } = await tsimm(["report", "runs/timm"], { cwd: root });
  expect([code, stderr]).toEqual([0, "Wrote report-timm.html\n"]);
  expect(await readdir(folder)).toEqual(before);
  const html = await readFile(join(root, "report-timm.html"), "utf8");
  expect([...html.matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, title]) => title)).toEqual([
    ...["Training", "Answers", "Schedule", "Configuration", "Files", "How to go on"],
  ]);
  expect(html).toContain("<h1>resnet18 on &lt;b&gt;pets</h1>");
  expect(html).toContain("Trained for 3 of 4 epochs: <b>top-1 40.00 %</b> in epoch 1, the best one.");
  expect(html).toContain("--kd-model-name</code></td>");
  // The base rate of four processes.
  expect(html).toMatch(/>0\.4<\/text>/);
  expect(html).not.toMatch(/<script|<link|href="(?!https:\/\/github)|\ssrc=/);
  const inside = await tsimm(["report", "."], { cwd: folder });
  expect([inside.code, inside.stderr]).toEqual([
    2,
    "tsimm: report: --output must be given in the folder of a run of another program, got none; nothing is written there unasked\n",
  ]);
});

test("it is as wide as a phone and as a screen", async () => {
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ colorScheme: "dark" });
    for (const width of [390, 1440]) {
      await page.setViewportSize({ width, height: 900 });
      await page.goto(pathToFileURL(join(root, "report-timm.html")).href);
      const wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
      expect(await page.evaluate(wider)).toBe(0);
    }
  } finally {
    await browser.close();
  }
});

test("with timm's checkpoint and the images it has the confusion matrix and the mistakes too", async () => {
  const folder = join(root, "golden", "sgd");
  await cp(fileURLToPath(new URL("golden/timm/runs/sgd", import.meta.url)), folder, { recursive: true });
  await timmPhotos(join(root, "photos"), 16);
  const { code, stderr } = await tsimm(["report", "golden", "-o", "answers.html", "-j", "0"], { cwd: root });
  expect([code, stderr]).toEqual([
    0,
    `The newest run in golden: ${join("golden", "sgd")}\nImages of the run: photos\nWrote answers.html\n`,
  ]);
  const html = await readFile(join(root, "answers.html"), "utf8");
  expect([...html.matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, title]) => title)).toEqual([
    ...["Training", "Confusion matrix", "Accuracy of each class", "Most confident mistakes", "Schedule"],
    ...["Configuration", "Files", "How to go on"],
  ]);
  expect(html).toContain("The worst ones first, by last.pth.tar.");
  const row = (await readFile(join(folder, "summary.csv"), "utf8")).trim().split("\r\n").at(-1);
  const wrong = 12 * (1 - Number(row?.split(",")[3]) / 100);
  expect(html.match(/<img src="data:image\/webp/g)).toHaveLength(Math.round(wrong));
  expect(html).toContain(`npx tsimm train --resume ${join("golden", "sgd", "last.pth.tar")}`);
  const moved = await tsimm(["report", join("golden", "sgd"), "--data-dir", "none", "-o", "less.html"], {
    cwd: root,
  });
  expect([moved.code, moved.stderr]).toEqual([
    0,
    expect.stringContaining("WARNING: the report has no confusion matrix and no mistakes: "),
  ]);
  expect(await readFile(join(root, "less.html"), "utf8")).toContain("<h2>Answers</h2>");
});

test("a run of another program has a report of the columns that it has", async () => {
  await mkdir(join(root, "other"));
  await writeFile(
    join(root, "other", "summary.csv"),
    "time,epoch,eval_mIoU\n12:30,0,0.5\n12:31,1,0.75\n12:32,2",
  );
  const { code } = await tsimm(["report", "other", "-o", "deep/other.html"], { cwd: root });
  const html = await readFile(join(root, "deep", "other.html"), "utf8");
  expect(code).toBe(0);
  expect(html).toContain("Trained for 2 epochs: <b>mIoU 0.750</b> in epoch 1, the best one.");
  expect(html).toContain("The schedule does not follow from args.yaml alone");
  expect(html).not.toContain("learning rate</text>");
  await writeFile(join(root, "other", "summary.csv"), "epoch\n");
  const { stderr } = await tsimm(["report", "other"], { cwd: root });
  expect(stderr).toContain("tsimm: report: <run> must have an epoch in summary.csv, got");
});
