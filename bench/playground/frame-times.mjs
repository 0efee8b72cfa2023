/**
 * Frame times of the playground while a slider is dragged and while the curve is read, in a real Chromium. Build the
 * page first: `npm run build`. Arguments: a case's name, or none for all.
 */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../../packages/tsimm/dist/playground/", import.meta.url));
const types = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const million = "sched-on-updates=true&updates-per-epoch=1000&epochs=1000";
const cases = {
  "300 epochs": { hash: "sched=step", slider: "--decay-epochs" },
  "a million updates": { hash: `sched=cosine&${million}`, slider: "--lr" },
  "a million updates, noise": { hash: `sched=cosine&${million}&lr-noise=300,900`, slider: "--lr" },
  "a million updates, three curves": {
    hash: `sched=step&${million}&decay-epochs=100&vs=cosine&${million}&vs=onecycle&${million}&selected=0`,
    slider: "--decay-epochs",
  },
  "a million updates, three groups": { hash: `sched=cosine&${million}&groups=0.5,0.1`, slider: "--lr" },
};

/** Milliseconds of a drag, and of the reading after it. */
const DURATION = 4000;

const server = createServer(async (request, response) => {
  const path = normalize(new URL(request.url ?? "/", "http://page").pathname).replace(/\/$/, "/index.html");
  try {
    const body = await readFile(join(root, path));
    response.writeHead(200, { "content-type": types[extname(path)] ?? "application/octet-stream" }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const { executablePath, env } = await browserOf();
const browser = await chromium.launch({ executablePath, env, args: ["--no-sandbox", "--headless=shell"] });
const wanted = process.argv.slice(2);
const rows = [];
try {
  for (const [name, { hash, slider }] of Object.entries(cases)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    await page.goto(`http://127.0.0.1:${server.address().port}/#${hash}`);
    const control = page.getByRole("slider", { name: slider, exact: true });
    const drag = await measure(page, await control.boundingBox(), (i) => 0.5 + 0.45 * Math.sin(i / 9));
    const chart = page.getByRole("slider", { name: /^Read the rates/ });
    const read = await measure(page, await chart.boundingBox(), (i) => 0.5 + 0.4 * Math.sin(i / 9));
    rows.push({ case: name, ...prefixed("drag", drag), ...prefixed("read", read) });
    await page.close();
  }
} finally {
  await browser.close();
  server.close();
}
console.table(rows);

/** Moves the pressed pointer over a box for a while and takes the time between frames. */
async function measure(page, box, share) {
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * share(0), y);
  await page.mouse.down();
  await page.evaluate(() => {
    const frames = [];
    const next = (now) => {
      frames.push(now);
      window.stopFrames ??= false;
      if (!window.stopFrames) requestAnimationFrame(next);
    };
    window.frameTimes = frames;
    window.stopFrames = false;
    requestAnimationFrame(next);
  });
  const client = await page.context().newCDPSession(page);
  await client.send("Performance.enable", { timeDomain: "threadTicks" });
  const before = await costs(client);
  const start = performance.now();
  for (let i = 1; performance.now() - start < DURATION; i++) {
    await page.mouse.move(box.x + box.width * share(i), y);
  }
  await page.mouse.up();
  const after = await costs(client);
  const frames = await page.evaluate(() => {
    window.stopFrames = true;
    return window.frameTimes;
  });
  const times = frames
    .slice(1)
    .map((now, i) => now - frames[i])
    .sort((a, b) => a - b);
  const at = (quantile) => times[Math.min(times.length - 1, Math.floor(quantile * times.length))];
  const work = (1000 * (after - before)) / times.length;
  return { frames: times.length, work, p50: at(0.5), p95: at(0.95), longest: times.at(-1) };
}

/** Seconds of the processor that the page's main thread has used. */
async function costs(client) {
  const { metrics } = await client.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "TaskDuration").value;
}

function prefixed(word, { frames, work, p50, p95, longest }) {
  const rounded = (value) => Number(value.toFixed(1));
  return {
    [`${word} frames`]: frames,
    [`${word} work`]: rounded(work),
    [`${word} median`]: rounded(p50),
    [`${word} 95 %`]: rounded(p95),
    [`${word} longest`]: rounded(longest),
  };
}

/** The Chromium of `CHROMIUM`, or the one that the tests have unpacked. */
async function browserOf() {
  if (process.env.CHROMIUM) return { executablePath: process.env.CHROMIUM, env: process.env };
  const folder = fileURLToPath(new URL("../../node_modules/.cache/chromium/", import.meta.url));
  const libraries = { LD_LIBRARY_PATH: join(folder, "al2023", "lib") };
  const fonts = { FONTCONFIG_FILE: join(folder, "..", "chromium-fonts.conf") };
  return { executablePath: join(folder, "chromium"), env: { ...process.env, ...libraries, ...fonts } };
}
