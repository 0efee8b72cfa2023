import { expect, test, vi } from "vitest";
import { AdapterError, admitAdapter, isSoftwareAdapter, wrongNumbers } from "./adapter.ts";

test.each([
  ["SwiftShader Device (Subzero)", true],
  ["SwiftShader Device (LLVM 10.0.0)", true],
  ["llvmpipe (LLVM 15.0.6, 256 bits)", true],
  ["Microsoft Basic Render Driver", true],
  ["NVIDIA H100 PCIe", false],
  ["NVIDIA GeForce RTX 3090", false],
  ["AMD Radeon RX 7900 XT (RADV NAVI31)", false],
  ["Intel(R) Arc(tm) A770 Graphics (DG2)", false],
  ["Apple M2 Max", false],
  ["Microsoft Direct3D12 (NVIDIA GeForce RTX 3060)", false],
  ["Warpcore 9000", false],
])("%s is software: %s", (name, isSoftware) => {
  expect(isSoftwareAdapter(name)).toBe(isSoftware);
});

const software = { name: "llvmpipe", isSoftware: true };

test("a GPU passes without a word", () => {
  const onWarning = vi.fn();
  const gpu = { name: "NVIDIA H100 PCIe", isSoftware: false };
  expect(admitAdapter(gpu, { onWarning })).toBe(gpu);
  expect(admitAdapter(gpu, { isAuto: true, onWarning })).toBe(gpu);
  expect(onWarning).not.toHaveBeenCalled();
});

test("software passes with one warning where the engine was asked for by name", () => {
  const onWarning = vi.fn();
  expect(admitAdapter(software, { onWarning })).toBe(software);
  expect(onWarning.mock.calls).toEqual([
    ['the WebGPU adapter "llvmpipe" is software on the CPU, many times slower than an engine for the CPU'],
  ]);
});

test("software is never what auto takes", () => {
  expect(() => admitAdapter(software, { isAuto: true })).toThrow(
    new AdapterError("software", 'the WebGPU adapter "llvmpipe" is software on the CPU'),
  );
});

test("wrong numbers are one line", () => {
  const difference = { output: "convolution, 9 filters a group", difference: 0.7049 };
  expect(wrongNumbers(software, difference)).toBe(
    'the WebGPU adapter "llvmpipe" must compute as the CPU does, got convolution, 9 filters a group off by 0.70 of its largest entry',
  );
});
