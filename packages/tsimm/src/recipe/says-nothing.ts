/** Values that switch nothing on. */

/** Whether a key of this value may as well be left out: null, false, 0, "", an empty list or mapping. */
export function saysNothing(value: unknown): boolean {
  const isEmpty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  return value === null || value === undefined || value === false || value === "" || value === 0 || isEmpty;
}
