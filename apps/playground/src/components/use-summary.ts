import { onBeforeUnmount, type Ref, ref, watch } from "vue";
import type { CurveResult } from "../schedule/curve.ts";
import { rateText } from "./chart/reading.ts";

/** Milliseconds without a change before it is said: a slider that moves would be talked over. */
const PAUSE = 700;

/** Summary of a curve for screen readers. */
export interface SummarySource {
  readonly label: string;
  readonly result: CurveResult | null;
}

/** A sentence about the curve, for a live region, once it comes to rest. */
export function useSummary(source: () => SummarySource): Ref<string> {
  const summary = ref("");
  let timer: ReturnType<typeof setTimeout> | undefined;
  watch(
    () => source().result,
    () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        summary.value = sentence(source());
      }, PAUSE);
    },
  );
  onBeforeUnmount(() => clearTimeout(timer));
  return summary;
}

function sentence({ label, result }: SummarySource): string {
  if (result === null) return "";
  if (result.error !== null) return `${label}: ${result.error.text}`;
  const { rates, numEpochs, warnings } = result.curve;
  const [first = new Float64Array()] = rates;
  const highest = rateText(first.reduce((a, b) => Math.max(a, b), 0));
  const last = rateText(first.at(-1) ?? 0);
  const count = warnings.length === 0 ? "" : `; ${warnings.map(({ text }) => text).join("; ")}`;
  return `${label}: ${numEpochs} epochs, highest rate ${highest}, last rate ${last}${count}`;
}
