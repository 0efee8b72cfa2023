/** State of the playground, and what follows from it. */
import { computed, type ShallowRef, shallowRef } from "vue";
import { calculateCurve } from "../schedule/calculate-curve.ts";
import type { Curve, CurveResult } from "../schedule/curve.ts";
import { curveLabels } from "../schedule/curve-labels.ts";
import { defaultState } from "../schedule/default-settings.ts";
import { perUpdateCurve } from "../schedule/per-update-curve.ts";
import type { CurveSettings, PlaygroundState } from "../schedule/settings.ts";
import type { ChartCurve } from "./chart/chart-curve.ts";

/** Most curves: as many as there are colours. */
export const MOST_CURVES = 7;

/** Changes of the playground, drawn together in the next frame. */
export function usePlayground() {
  const state: ShallowRef<PlaygroundState> = shallowRef(defaultState());
  let next: PlaygroundState | null = null;
  /** Curves by index, which stay while a value is refused. */
  let drawable: readonly (Curve | null)[] = [];

  /** Another state altogether, of an address. */
  function replace(other: PlaygroundState): void {
    drawable = [];
    next = null;
    state.value = other;
  }

  function change(update: (before: PlaygroundState) => PlaygroundState): void {
    const scheduled = next !== null;
    next = update(next ?? state.value);
    if (scheduled) return;
    requestAnimationFrame(() => {
      if (next !== null) state.value = next;
      next = null;
    });
  }

  function changeSelected(update: (before: CurveSettings) => CurveSettings): void {
    change((before) => ({
      ...before,
      curves: before.curves.map((one, i) => (i === before.selected ? update(one) : one)),
    }));
  }

  /** Adds a copy of the selected curve, to change something in it. */
  function addCurve(): void {
    change((before) => {
      const copied = before.curves.slice(before.selected, before.selected + 1);
      if (before.curves.length >= MOST_CURVES) return before;
      // A new object: results are kept by settings.
      const curves = [...before.curves, ...copied.map((one) => ({ ...one }))];
      return { ...before, curves, selected: curves.length - 1 };
    });
  }

  function removeCurve(index: number): void {
    drawable = drawable.filter((_, i) => i !== index);
    change((before) => {
      const curves = before.curves.filter((_, i) => i !== index);
      if (curves.length === 0) return before;
      const selected = before.selected > index ? before.selected - 1 : before.selected;
      return { ...before, curves, selected: Math.min(selected, curves.length - 1) };
    });
  }

  const calculate = memorised();
  const results = computed(() =>
    state.value.curves.map((one) => calculate(one, state.value.updatesPerEpoch)),
  );
  const labels = computed(() => numbered(curveLabels(state.value.curves)));
  const kept = computed(() => {
    drawable = results.value.map(({ curve }, i) => curve ?? drawable[i] ?? null);
    return drawable;
  });
  /** Unit of t on the axis. */
  const unit = computed(() => (kept.value.some((curve) => curve?.unit === "update") ? "update" : "epoch"));
  /** Curves that there are, with t of the axis. */
  const curves = computed((): readonly ChartCurve[] =>
    kept.value.flatMap((drawn, color) => {
      if (drawn === null) return [];
      const curve = unit.value === "update" ? perUpdateCurve(drawn, state.value.updatesPerEpoch) : drawn;
      return [
        { label: labels.value[color] ?? "", color, curve, stale: results.value[color]?.curve === null },
      ];
    }),
  );
  /** Why there is no curve, of those that there are none of. */
  const errors = computed(() =>
    results.value.flatMap(({ error }, i) => (error === null ? [] : [`${labels.value[i]}: ${error.text}`])),
  );
  const selected = computed(() => state.value.curves[state.value.selected] ?? defaultState().curves[0]);
  const selectedResult = computed(() => results.value[state.value.selected] ?? null);

  return {
    ...{ state, labels, curves, errors, unit, selected, selectedResult },
    ...{ replace, change, changeSelected, addCurve, removeCurve },
  };
}

/** Labels of curves that are equal get numbers. */
function numbered(labels: readonly string[]): string[] {
  return labels.map((label, i) => {
    const count = labels.filter((other) => other === label).length;
    const place = labels.slice(0, i + 1).filter((other) => other === label).length;
    return count === 1 ? label : `${label} (${place})`;
  });
}

/** Calculates a curve once, however often it is drawn: settings are never changed in place. */
function memorised(): (settings: CurveSettings, updatesPerEpoch: number) => CurveResult {
  const known = new WeakMap<
    CurveSettings,
    { readonly updatesPerEpoch: number; readonly result: CurveResult }
  >();
  return (settings, updatesPerEpoch) => {
    const before = known.get(settings);
    if (before?.updatesPerEpoch === updatesPerEpoch) return before.result;
    const result = calculateCurve(settings, { updatesPerEpoch });
    known.set(settings, { updatesPerEpoch, result });
    return result;
  };
}
