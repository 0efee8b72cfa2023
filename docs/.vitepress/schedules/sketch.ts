/** Small drawings of curves, as SVG in the markup of a page: no script, and the colours of the theme. */
import type { Scheduler } from "@tsimm/scheduler";

const WIDTH = 240;
const HEIGHT = 96;
const MARGIN = 6;

/**
 * The values of a scheduler over a run, each held until the next.
 *
 * A plateau is shown for a metric that never improves.
 *
 * @param length - Count of t.
 */
export function valuesOf(scheduler: Scheduler, length: number): number[] {
  const [group] = scheduler.optimizer.paramGroups;
  return Array.from({ length }, (_, t) => {
    if (t > 0) scheduler.step(t, 0);
    return group?.lr ?? Number.NaN;
  });
}

/**
 * A curve above its baseline.
 *
 * @param values - At t = 0, 1, …; the highest one touches the upper edge.
 * @param label - What it shows, for screen readers.
 * @param highest - Value at the upper edge, default: the highest of `values`.
 */
export function sketch(values: readonly number[], label: string, highest = Math.max(...values)): string {
  const x = (t: number) => round(MARGIN + (t / values.length) * (WIDTH - 2 * MARGIN));
  const y = (value: number) => round(HEIGHT - MARGIN - (value / (highest || 1)) * (HEIGHT - 2 * MARGIN));
  const steps = values.map((value, t) => {
    const isLevel = t > 0 && value === values[t - 1];
    return isLevel ? "" : `${t === 0 ? "M" : "H"}${x(t)}${t === 0 ? " " : "V"}${y(value)}`;
  });
  const base = `M${MARGIN} ${HEIGHT - MARGIN}H${WIDTH - MARGIN}`;
  return [
    `<svg class="sketch" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(label)}">`,
    `<path class="base" d="${base}"/><path class="curve" d="${steps.join("")}H${x(values.length)}"/></svg>`,
  ].join("");
}

/** Text for markup that Vue compiles too. */
export function escapeHtml(text: string): string {
  const names: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return text.replaceAll(/[&<>"]/g, (sign) => names[sign] ?? sign).replaceAll("{{", "&#123;&#123;");
}

function round(coordinate: number): number {
  return Math.round(coordinate * 10) / 10;
}
