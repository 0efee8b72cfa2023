/** How a run was made, what it has left, how to go on. */
import { markup } from "../text/markup.ts";
import type { Report, ReportSetting } from "./report.ts";
import { describeFiles } from "./written-files.ts";

/** Settings that differ from their defaults, then all. */
export function settingsSection({ settings }: Pick<Report, "settings">): string {
  if (settings.length === 0) return "";
  const changed = settings.filter(({ isDefault }) => !isDefault);
  const none = '<p class="soft">Every setting is its default.</p>';
  return `<section><h2>Configuration</h2><p class="soft">Settings that differ from their defaults.</p>${changed.length === 0 ? none : settingsTable(changed)}<details><summary>All ${settings.length} settings</summary>${settingsTable(settings)}</details></section>`;
}

function settingsTable(settings: readonly ReportSetting[]): string {
  const rows = settings.map(
    ({ flag, value }) =>
      `<tr><td><code>${markup(flag)}</code></td><td class="value"><code>${markup(value)}</code></td></tr>`,
  );
  return `<div class="scroll" tabindex="0"><table class="pairs"><tbody>${rows.join("")}</tbody></table></div>`;
}

/** Versions, preprocessing and optimizer. */
export function environmentSection({ state }: Report): string {
  const { software, dataConfig, optimizer, evalConfig, ranking, rng } = state;
  const { inputSize, interpolation, cropPct, cropMode, mean, std } = dataConfig;
  const rows = Object.entries({
    ...software,
    weights: evalConfig.weights === "ema" ? "moving average" : "plain",
    "ranked by": ranking.name,
    optimizer: optimizer.name,
    updates: String(state.update),
    seed: String(rng.seed),
    "input size": inputSize.join(" × "),
    crop: `${cropPct}, ${cropMode}, ${interpolation}`,
    mean: mean.join(", "),
    std: std.join(", "),
  }).map(([name, value]) => `<tr><th>${markup(name)}</th><td class="value">${markup(value)}</td></tr>`);
  return `<section><h2>Environment</h2><div class="scroll" tabindex="0"><table class="pairs"><tbody>${rows.join("")}</tbody></table></div></section>`;
}

/** Files of a run. */
export interface ListedFiles {
  /** Names in the run's folder. */
  readonly files: readonly string[];
  /** Whether the page lies beside them. */
  readonly isLinked: boolean;
  /** Whether the run is one of a classifier. */
  readonly classifies: boolean;
}

/** The files of a run, a row for each kind. */
export function filesSection({ files, isLinked, classifies }: ListedFiles): string {
  const rows = describeFiles(files, classifies).map(({ names, description }) => {
    const shown = names.map((name) =>
      isLinked
        ? `<a href="${markup(encodeURIComponent(name))}">${markup(name)}</a>`
        : `<span>${markup(name)}</span>`,
    );
    return `<tr><td class="value">${markup(description)}</td><td class="links">${shown.join(" ")}</td></tr>`;
  });
  return `<section><h2>Files</h2><div class="scroll" tabindex="0"><table><tbody>${rows.join("")}</tbody></table></div></section>`;
}

/** Commands for what comes next. */
export function goOnSection({ files, state }: Report): string {
  const model = files.includes("model.onnx") ? "model.onnx" : "model_best.safetensors";
  const more = 2 * (state.epoch + 1);
  const commands = [
    ["Ask the model about images", `npx tsimm predict photo.jpg --checkpoint ${model} --topk 3`],
    ["Measure it again, or on other images", "npx tsimm validate --checkpoint ."],
    ["Write it for another runtime", "npx tsimm export --checkpoint . -o export.onnx"],
    ["Train on for more epochs", `npx tsimm train --resume . --epochs ${more}`],
    ["Repeat the run with other settings", "npx tsimm train -c args.yaml --lr 0.01"],
  ];
  const blocks = commands.map(([title, command]) => `<div><h3>${title}</h3><pre>${command}</pre></div>`);
  return `<section><h2>How to go on</h2><p class="soft">In the folder of this page:</p><div class="columns">${blocks.join("")}</div></section>`;
}
