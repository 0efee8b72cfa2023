/** Labels beside events. */

/** An event with a label, in pixels. */
export interface EventPlace {
  readonly x: number;
  readonly y: number;
  /** Width of its label. */
  readonly width: number;
}

/** Where a label stands, from its event. */
export interface EventLabelPlace {
  readonly dx: number;
  readonly dy: number;
  readonly anchor: "start" | "end";
}

const HEIGHT = 15;
const REACH = { x: 7, y: 10 };

/**
 * Places a label beside each event: above it to the right, where a falling line leaves room, else below or to the left.
 *
 * @param events - From left to right.
 * @param within - Edges that no label crosses.
 * @returns A place for each; null where each of the places would cover a label placed before.
 * @example
 * const frame = { left: 0, right: 300, top: 0, bottom: 100 };
 * placeEventLabels([{ x: 50, y: 50, width: 40 }], frame); // => [{ dx: 7, dy: -10, anchor: "start" }]
 */
export function placeEventLabels(
  events: readonly EventPlace[],
  within: { readonly left: number; readonly right: number; readonly top: number; readonly bottom: number },
): (EventLabelPlace | null)[] {
  const taken: { left: number; right: number; center: number }[] = [];
  return events.map(({ x, y, width }) => {
    for (const [sideways, upwards] of [
      [1, 1],
      [1, -1],
      [-1, 1],
      [-1, -1],
    ] as const) {
      const place = { dx: REACH.x * sideways, dy: -REACH.y * upwards };
      const center = y + place.dy;
      const left = sideways > 0 ? x + place.dx : x + place.dx - width;
      const right = left + width;
      if (left < within.left || right > within.right) continue;
      if (center < within.top || center + HEIGHT / 2 > within.bottom) continue;
      if (taken.some((one) => left < one.right && one.left < right && Math.abs(one.center - center) < HEIGHT))
        continue;
      taken.push({ left, right, center });
      return { ...place, anchor: sideways > 0 ? "start" : "end" };
    }
    return null;
  });
}
