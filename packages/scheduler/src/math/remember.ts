/**
 * A function that remembers its last argument and result: groups that share a schedule ask for the same t, and
 * t stays in the same step for long.
 *
 * @param calculate - Gives the same result for the same argument.
 */
export function rememberLast(calculate: (x: number) => number): (x: number) => number {
  let last = Number.NaN;
  let result = Number.NaN;
  return (x) => {
    if (x !== last) {
      result = calculate(x);
      last = x;
    }
    return result;
  };
}
