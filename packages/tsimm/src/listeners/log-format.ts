/** Numbers as timm's log lines print them. */

/**
 * C's `%#.3g`: three significant digits, zeros and point kept.
 *
 * @example
 * significant(1.4801); // => "1.48"
 * significant(123.4); // => "123."
 * significant(1234); // => "1.23e+03"
 * significant(0.00012); // => "0.000120"
 */
export function significant(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
  if (value === 0) return "0.00";
  const [mantissa = "", exponentText = "0"] = value.toExponential(2).split("e");
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 3) return `${mantissa}e${signedExponent(exponent)}`;
  const fixed = value.toFixed(2 - exponent);
  return exponent === 2 ? `${fixed}.` : fixed;
}

/**
 * C's `%.3e`.
 *
 * @example
 * scientific(0.05); // => "5.000e-02"
 */
export function scientific(value: number): string {
  if (!Number.isFinite(value)) return significant(value);
  const [mantissa = "", exponent = "0"] = value.toExponential(3).split("e");
  return `${mantissa}e${signedExponent(Number(exponent))}`;
}

/** C's `%<width>.3f`. */
export function fixed3(value: number, width = 0): string {
  return (Number.isFinite(value) ? value.toFixed(3) : significant(value)).padStart(width);
}

/**
 * timm's line of an update, e.g.
 * `Train: 0 [   2/7 ( 43%)]  Loss: 1.38 (1.41)  Time: 0.050s,  158.83/s  (0.133s,   60.14/s)  LR: 5.000e-02  Data: 0.014 (0.065)`.
 */
export function trainLine(update: {
  readonly epoch: number;
  /** Index of the update in its epoch, from 0. */
  readonly index: number;
  readonly updates: number;
  readonly loss: number;
  readonly meanLoss: number;
  /** Images of this update. */
  readonly images: number;
  /** Images per update on average. */
  readonly meanImages: number;
  /** Seconds. */
  readonly time: number;
  readonly meanTime: number;
  readonly lr: number;
  /** Seconds spent waiting for data. */
  readonly data: number;
  readonly meanData: number;
}): string {
  const percent = ((100 * (update.index + 1)) / update.updates).toFixed(0).padStart(3);
  const position = `[${String(update.index).padStart(4)}/${update.updates} (${percent}%)]`;
  const speed = (images: number, time: number) => (images / time).toFixed(2).padStart(7);
  const now = `${fixed3(update.time)}s, ${speed(update.images, update.time)}/s`;
  const mean = `${fixed3(update.meanTime)}s, ${speed(update.meanImages, update.meanTime)}/s`;
  return [
    `Train: ${update.epoch} ${position}`,
    `Loss: ${significant(update.loss)} (${significant(update.meanLoss)})`,
    `Time: ${now}  (${mean})`,
    `LR: ${scientific(update.lr)}`,
    `Data: ${fixed3(update.data)} (${fixed3(update.meanData)})`,
  ].join("  ");
}

/** A value and its mean so far, as timm's test lines show them. */
export interface Meter {
  readonly value: number;
  readonly mean: number;
}

/**
 * timm's line of an evaluation batch, e.g.
 * `Test: [   2/2]  Time: 0.002 (0.013)  Loss:   0.104 ( 0.472)  Acc@1: 100.000 ( 80.000)  Acc@5: 100.000 (100.000)`.
 */
export function testLine(batch: {
  readonly name: string;
  readonly index: number;
  readonly lastIndex: number;
  readonly time: Meter;
  readonly loss: Meter;
  /** Further metrics, each with its name in the line. */
  readonly meters: readonly (Meter & { readonly label: string })[];
}): string {
  const meter = ({ value, mean }: Meter) => `${fixed3(value, 7)} (${fixed3(mean, 7)})`;
  return [
    `${batch.name}: [${String(batch.index).padStart(4)}/${batch.lastIndex}]`,
    `Time: ${fixed3(batch.time.value)} (${fixed3(batch.time.mean)})`,
    `Loss: ${fixed3(batch.loss.value, 7)} (${fixed3(batch.loss.mean, 6)})`,
    ...batch.meters.map((one) => `${one.label}: ${meter(one)}`),
  ].join("  ");
}

/**
 * The line of timm's validate.py, e.g.
 * `Test: [   0/3]  Time: 0.412s (0.412s,  621.44/s)  Loss:  0.4720 (0.4720)  Acc@1:  80.000 ( 80.000)  Acc@5: 100.000 (100.000)`.
 */
export function validationTestLine(batch: {
  readonly index: number;
  readonly batches: number;
  /** Images of a second on average. */
  readonly imagesPerSecond: number;
  /** Seconds. */
  readonly time: Meter;
  readonly loss: Meter;
  /** Further metrics, each with its name in the line. */
  readonly meters: readonly (Meter & { readonly label: string })[];
}): string {
  const { index, batches, imagesPerSecond, time, loss, meters } = batch;
  const four = (value: number, width: number) =>
    (Number.isFinite(value) ? value.toFixed(4) : significant(value)).padStart(width);
  return [
    `Test: [${String(index).padStart(4)}/${batches}]`,
    `Time: ${fixed3(time.value)}s (${fixed3(time.mean)}s, ${imagesPerSecond.toFixed(2).padStart(7)}/s)`,
    `Loss: ${four(loss.value, 7)} (${four(loss.mean, 6)})`,
    ...meters.map(({ label, value, mean }) => `${label}: ${fixed3(value, 7)} (${fixed3(mean, 7)})`),
  ].join("  ");
}

function signedExponent(exponent: number): string {
  return `${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
