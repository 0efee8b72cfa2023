import { expect, test } from "vitest";
import { describeProcessor, processorText } from "./processor.ts";

const x64 = `processor	: 0
vendor_id	: AuthenticAMD
cpu family	: 25
model		: 17
model name	: AMD EPYC
cpu MHz		: 2596.130
flags		: fpu avx2 avx512f

processor	: 1
cpu MHz		: 3100.2
`;

test("model, family and features are named, the frequency of the moment is not", () => {
  const text = processorText("x64", "", x64);
  expect(text).toMatch(/^x64 AMD EPYC, cpu family 25, model 17, features [0-9a-f]{12}$/);
  expect(processorText("x64", "", x64.replace("2596.130", "1500.000"))).toBe(text);
});

test("another model or another feature is another processor, another order of features is not", () => {
  const text = processorText("x64", "", x64);
  expect(processorText("x64", "", x64.replace("model		: 17", "model		: 2"))).not.toBe(text);
  expect(processorText("x64", "", x64.replace(" avx512f", ""))).not.toBe(text);
  expect(processorText("x64", "", x64.replace("avx2 avx512f", "avx512f avx2"))).toBe(text);
});

test("without a list of features the name has to do", () => {
  expect(processorText("arm64", "Apple M2 ", "")).toBe("arm64 Apple M2");
});

test("this processor has a line of its own", async () => {
  expect(await describeProcessor()).toMatch(new RegExp(`^${process.arch} \\S`));
});
