import type { Curve } from "./curve.ts";

/**
 * A curve per epoch as one per update, to draw it beside others: each rate holds for all updates of its epoch.
 *
 * @param curve - Returned as it is if it counts updates already.
 * @param updatesPerEpoch - An integer > 0.
 */
export function perUpdateCurve(curve: Curve, updatesPerEpoch: number): Curve {
  if (curve.unit === "update") return curve;
  const inUpdates = (epoch: number) => epoch * updatesPerEpoch;
  const { length, times, events, ratesAt } = curve;
  return {
    ...curve,
    unit: "update",
    length: inUpdates(length),
    times: times.map(inUpdates),
    events: events.map((event) => ({ ...event, t: inUpdates(event.t) })),
    ratesAt: (t) => ratesAt(Number.isInteger(t) ? Math.floor(t / updatesPerEpoch) : t),
  };
}
