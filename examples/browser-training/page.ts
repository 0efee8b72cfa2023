/** The page: a button, numbers, a figure and pictures. The work is done in `trainer.ts`. */
import { drawFigure, type Figure } from "tsimm/browser";
import type { Command, Report } from "./messages.ts";

type Ready = Extract<Report, { type: "ready" }>;

const element = (id: string) => {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no element "${id}"`);
  return found;
};
const toggle = element("toggle");
const tiles: HTMLElement[] = [];
const losses: [update: number, loss: number][] = [];
const smoothed: [update: number, loss: number][] = [];
const rates: [update: number, rate: number][] = [];
let setup: Ready | undefined;
let running = false;
let done = false;
let drawing = false;

// The address may end in ?engine=webgpu or ?engine=wasm; the worker reads it as its name.
const asked = new URLSearchParams(location.search).get("engine") ?? "";
const trainer = new Worker(new URL("./trainer.ts", import.meta.url), { type: "module", name: asked });
trainer.addEventListener("message", ({ data }: MessageEvent<Report>) => show(data));
trainer.addEventListener("error", ({ message }) => show({ type: "failed", message }));

toggle.addEventListener("click", () => {
  if (done) location.reload();
  setRunning(!running);
  trainer.postMessage((running ? "start" : "stop") satisfies Command);
});

function setRunning(now: boolean): void {
  running = now;
  const start = done ? "Train again" : losses.length > 0 ? "Go on" : "Start training";
  toggle.textContent = running ? "Stop" : start;
  toggle.classList.toggle("running", running);
}

function show(report: Report): void {
  switch (report.type) {
    case "ready": {
      setup = report;
      const { numParameters, engine } = report;
      element("about").append(` ${numParameters.toLocaleString("en")} parameters.`);
      element("engine").textContent = engine.name === "webgpu" ? "WebGPU" : "WebAssembly";
      element("place").textContent = `${engine.place}${engine.reason && ` (${engine.reason})`}`;
      element("pictures").append(...report.pictures.map(pictureTile));
      toggle.removeAttribute("disabled");
      setRunning(false);
      break;
    }
    case "update": {
      const { update, loss, rate, milliseconds } = report;
      losses.push([update, loss]);
      smoothed.push([update, 0.8 * (smoothed.at(-1)?.[1] ?? loss) + 0.2 * loss]);
      rates.push([update - 1, rate]);
      element("update").textContent = `${update} / ${setup?.plan.length}`;
      element("loss").textContent = loss.toFixed(3);
      element("rate").textContent = rate.toPrecision(3);
      element("time").textContent = milliseconds.toFixed(0);
      break;
    }
    case "predictions":
      showPredictions(report.classes);
      break;
    case "done":
      done = true;
      setRunning(false);
      break;
    case "failed":
      setRunning(false);
      toggle.setAttribute("disabled", "");
      element("failure").textContent = report.message;
      element("failure").hidden = false;
  }
  drawSoon();
}

function pictureTile(picture: ImageData): HTMLElement {
  const canvas = document.createElement("canvas");
  canvas.width = picture.width;
  canvas.height = picture.height;
  canvas.getContext("2d")?.putImageData(picture, 0, 0);
  const tile = document.createElement("li");
  const name = document.createElement("span");
  name.textContent = "?";
  tile.append(canvas, name);
  tiles.push(tile);
  return tile;
}

function showPredictions(classes: readonly number[]): void {
  const right = classes.map((predicted, i) => predicted === setup?.labels[i]);
  for (const [i, tile] of tiles.entries()) {
    tile.className = right[i] ? "right" : "wrong";
    const name = tile.querySelector("span");
    if (name) name.textContent = setup?.classNames[classes[i] ?? -1] ?? "?";
  }
  const share = right.filter(Boolean).length / right.length;
  element("accuracy").textContent = `${(100 * share).toFixed(0)} %`;
}

/** At most one figure per frame of the screen. */
function drawSoon(): void {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    element("curves").innerHTML = drawFigure(figure(setup?.plan ?? []), document);
  });
}

/** The plan, dashed, makes the axis as long as the run will be. */
function figure(plan: readonly number[]): Figure {
  const blue = "#0072b2";
  return {
    title: "Loss and learning rate",
    xLabel: "update",
    panels: [
      {
        yLabel: "loss",
        fromZero: true,
        series: [
          { label: "", points: losses, color: "#b3d4e8" },
          { label: "", points: smoothed, color: blue },
        ],
      },
      {
        yLabel: "learning rate",
        fromZero: true,
        series: [
          {
            ...{ label: "", curve: "step-after", dashed: true, color: "#9ca3af" },
            points: plan.map((rate, t) => [t, rate]),
          },
          { label: "", points: rates, curve: "step-after", color: "#d55e00" },
        ],
      },
    ],
  };
}
