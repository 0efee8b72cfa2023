import fc from "fast-check";
import { expect, test } from "vitest";
import { summaryCsv } from "../listeners/summary-csv.ts";
import { readSummary, type SummaryRow } from "./read-summary.ts";

const row = (epoch: number, trainLoss: number, lr: number, validation: SummaryRow["validation"]) => ({
  ...{ epoch, trainLoss, lr, validation },
  ...{ plain: null, others: {} },
});
const header = "epoch,train_loss,eval_loss,eval_top1,eval_top5,lr\r\n";

// The first four are what timm's update_summary writes.
test.each<[string, string, SummaryRow[]]>([
  [
    "timm's rows with validation",
    `${header}0,2.3125,2.2,12.5,53.125,1e-05\r\n1,0.3333333333333333,1e-07,100.0,100.0,0.1\r\n`,
    [
      row(0, 2.3125, 1e-5, { loss: 2.2, top1: 12.5, top5: 53.125 }),
      row(1, 1 / 3, 0.1, { loss: 1e-7, top1: 100, top5: 100 }),
    ],
  ],
  [
    "timm's rows without validation",
    "epoch,train_loss,lr\r\n0,2.5,0.05\r\n1,2.25,0.025\r\n",
    [row(0, 2.5, 0.05, null), row(1, 2.25, 0.025, null)],
  ],
  [
    "numbers that are none",
    `${header}0,nan,inf,10.0,50.0,0.1\r\n1,-inf,nan,10.0,50.0,1e+16\r\n`,
    [
      row(0, Number.NaN, 0.1, { loss: Number.POSITIVE_INFINITY, top1: 10, top5: 50 }),
      row(1, Number.NEGATIVE_INFINITY, 1e16, { loss: Number.NaN, top1: 10, top5: 50 }),
    ],
  ],
  [
    "the second header of a run that timm has resumed, whose rows replace those from there on",
    `${header}0,2.0,1.5,30.0,80.0,0.1\r\n1,1.5,1.25,40.0,85.0,0.09\r\n2,1.25,1.0,50.0,90.0,0.08\r\n${header}1,1.75,1.2,45.0,86.0,0.095\r\n`,
    [
      row(0, 2, 0.1, { loss: 1.5, top1: 30, top5: 80 }),
      row(1, 1.75, 0.095, { loss: 1.2, top1: 45, top5: 86 }),
    ],
  ],
  [
    "a second header with other columns",
    `epoch,train_loss,lr\r\n0,2,0.1\r\n${header}1,1.5,1.25,40,85,0.1\r\n`,
    [row(0, 2, 0.1, null), row(1, 1.5, 0.1, { loss: 1.25, top1: 40, top5: 85 })],
  ],
  [
    "line ends that Python doubles on Windows",
    "epoch,train_loss,lr\r\r\n0,2.5,0.05\r\r\n",
    [row(0, 2.5, 0.05, null)],
  ],
  ["a byte-order mark and line feeds", "\ufeffepoch,train_loss,lr\n4,2,0.1\n", [row(4, 2, 0.1, null)]],
  [
    "our columns of a moving average, training metrics and cells that are empty",
    "epoch,train_loss,eval_loss,eval_mae,lr,train_top1,model_loss,model_mae\r\n0,1,,,0.1,40,,\r\n1,1,2,3,0.1,50,Infinity,5\r\n",
    [
      { ...row(0, 1, 0.1, null), others: { train_top1: 40 } },
      {
        ...row(1, 1, 0.1, { loss: 2, mae: 3 }),
        ...{ plain: { loss: Number.POSITIVE_INFINITY, mae: 5 }, others: { train_top1: 50 } },
      },
    ],
  ],
  [
    "columns of another program by their names",
    'time, epoch ,valid/acc,"note, of it",eval_state,eval_top1,__proto__\n12:30,0,0.5,"a ""b"" c",good,60,7\n',
    [
      {
        ...row(0, Number.NaN, Number.NaN, { loss: Number.NaN, top1: 60 }),
        others: Object.fromEntries<number | string>([
          ...[["time", "12:30"] as const, ["valid/acc", 0.5] as const, ["note, of it", 'a "b" c'] as const],
          ...[["eval_state", "good"] as const, ["__proto__", 7] as const],
        ]),
      },
    ],
  ],
  [
    "no row that is still being written",
    `epoch,train_loss,lr\r\n0,2,0.1\r\n1,1.5,0.`,
    [row(0, 2, 0.1, null)],
  ],
  ["a row whose line end is half there", "epoch,train_loss,lr\r\n0,2,0.1\r", [row(0, 2, 0.1, null)]],
  [
    "nothing from the zeros on that a network drive shows for bytes to come",
    "epoch,train_loss,lr\r\n0,2,0.1\r\n\0\0\0\0\0\r\n2,1,0.1\r\n",
    [row(0, 2, 0.1, null)],
  ],
  ["no row of a header alone", header, []],
  ["no row of half a header", "epoch,tra", []],
  ["no row of an empty file", "", []],
])("reads %s", (_, text, rows) => {
  expect(readSummary(text)).toEqual(rows);
});

test.each([
  [
    "step,loss\n1,2\n",
    'readSummary: the columns must have "epoch" among them, got "step,loss" in line 1 of summary.csv; name the column with the number of the epoch so',
  ],
  [
    "\u001b[31mstep\u001b[0m\n1\n",
    'readSummary: the columns must have "epoch" among them, got "\\x1b[31mstep\\x1b[0m" in line 1 of summary.csv; name the column with the number of the epoch so',
  ],
  [
    "epoch,lr,lr\n",
    'readSummary: each column must have another name, got "lr" twice in line 1 of summary.csv; rename one',
  ],
  [
    `epoch${",x".repeat(1000)}\n`,
    "readSummary: there must be at most 1000 columns, got 1001 in line 1 of summary.csv; take some out",
  ],
  [
    "epoch,lr\n0,1\n1\n",
    "readSummary: a row must have 2 cells, one for each column, got 1 in line 3 of summary.csv; repair the line or take it out",
  ],
  [
    "epoch,lr\n0,1\n1,fast\n",
    'readSummary: lr must be a number, got "fast" in line 3 of summary.csv; repair the line or take it out',
  ],
  [
    "epoch,train_loss\n0,0x10\n",
    'readSummary: train_loss must be a number, got "0x10" in line 2 of summary.csv; repair the line or take it out',
  ],
  [
    "epoch,lr\n1.5,1\n",
    'readSummary: epoch must be an integer >= 0, got "1.5" in line 2 of summary.csv; repair the line or take it out',
  ],
  [
    "epoch,lr\n-1,1\n",
    'readSummary: epoch must be an integer >= 0, got "-1" in line 2 of summary.csv; repair the line or take it out',
  ],
  [
    "epoch,lr\n,1\n",
    'readSummary: epoch must be an integer >= 0, got "" in line 2 of summary.csv; repair the line or take it out',
  ],
  [
    'epoch,note\n0,a"b\n',
    'readSummary: a cell with a quote must be in quotes, got a" in line 2 of summary.csv; repair the line or take it out',
  ],
])("refuses %j", (text, message) => {
  expect(() => readSummary(text)).toThrow(new RangeError(message));
});

test("reads what tsimm writes, number for number", () => {
  // A zero loses its sign.
  const value = fc.double().map((one) => one + 0);
  const metrics = fc.record({ loss: value, top1: value });
  const epoch = fc.record({ trainLoss: value, lr: value, validation: metrics, plain: metrics });
  fc.assert(
    fc.property(fc.array(epoch), (epochs) => {
      const rows = epochs.map((one, i) => ({ epoch: i, ...one, others: {} }));
      expect(readSummary(summaryCsv(rows, ["loss", "top1"]))).toEqual(rows);
    }),
  );
});

test("the rows of a file that grows are those of the whole file, so far", () => {
  const whole = `${header}0,2.0,1.5,30.0,80.0,0.1\r\n1,1.5,1.25,40.0,85.0,0.09\r\n`;
  const rows = readSummary(whole);
  for (let length = 0; length <= whole.length; length++) {
    const read = readSummary(whole.slice(0, length));
    expect(read).toEqual(rows.slice(0, read.length));
  }
});

test("any text is a table of epochs, or an error in one line that names the line", () => {
  const cell = fc.oneof(
    fc.constantFrom(
      "epoch",
      "train_loss",
      "lr",
      "eval_loss",
      "0",
      "1",
      "2.0",
      "1e999",
      "nan",
      "-inf",
      '"',
      '""',
      "",
    ),
    fc.string({ unit: "binary" }),
  );
  const separator = fc.constantFrom(",", ",", ",", "\r\n", "\n", "\r", "\0", '"');
  const text = fc.array(fc.tuple(cell, separator)).map((parts) => `epoch,lr\n${parts.flat().join("")}`);
  fc.assert(
    fc.property(text, (hostile) => {
      try {
        const epochs = readSummary(hostile).map(({ epoch }) => epoch);
        expect(epochs).toEqual([...new Set(epochs)].sort((a, b) => a - b));
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
        const { message } = error as RangeError;
        expect(message).toMatch(/^readSummary: [^\p{Cc}]+ in line \d+ of summary\.csv; [a-z ]+$/u);
        expect(message.length).toBeLessThan(1000);
      }
    }),
    { numRuns: 150 },
  );
});
