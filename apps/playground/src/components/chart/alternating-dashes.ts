/** Style of a line that shares its path with others. */
export type Dash = Readonly<Record<"strokeDasharray" | "strokeDashoffset", string>>;

/** Pixels of a colour. */
const DASH = 10;

/**
 * Dashes that take turns where lines lie on each other, so that each is seen.
 *
 * @param paths - Data of SVG paths.
 * @returns null for a path that no other line has.
 * @example
 * alternatingDashes(["M0,0H9", "M0,5H9"]); // => [null, null]
 */
export function alternatingDashes(paths: readonly string[]): (Dash | null)[] {
  return paths.map((path, i) => {
    const count = paths.filter((other) => other === path).length;
    if (count === 1) return null;
    const rank = paths.slice(0, i).filter((other) => other === path).length;
    return { strokeDasharray: `${DASH} ${DASH * (count - 1)}`, strokeDashoffset: String(-DASH * rank) };
  });
}
