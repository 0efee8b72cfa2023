/** Newton-Schulz iterations as nodes of a graph. */
// Types alone: a definition is loaded where nothing is trained, by `tsimm schedule`.
import type { Value } from "@tsimm/autodiff";
import { coefficientsOf } from "./muon-coefficients.ts";
import type { MuonOptions, MuonTensor } from "./muon-options.ts";
import type { UpdateGraphContext } from "./optimizer-graph.ts";

/**
 * What Newton-Schulz iterations make of the matrices of a tensor.
 *
 * @param step - The tensor, in any shape.
 * @returns As many elements in the same order.
 */
export function orthogonalNodes(
  { builder, math, group }: Pick<UpdateGraphContext<MuonOptions, unknown>, "builder" | "math" | "group">,
  step: Value,
  { matrices, eps }: MuonTensor,
): Value {
  const { rows, columns, firsts } = matrices;
  const { nsSteps, nsCoefficients, safetyFactor, scaleEps } = group;
  const places = firsts.length;
  const isWide = rows <= columns;
  // The matrices of the places of a kernel lie one within the other.
  const given =
    places === 1
      ? math.reshape(step, [1, rows, columns])
      : math.transpose(math.reshape(step, [rows, columns, places]), [2, 0, 1]);
  const turned = isWide ? given : math.transpose(given, [0, 2, 1]);
  const norm = math.unary("Sqrt", math.sum(math.mul(turned, turned), [1, 2], true));
  const limit = safetyFactor === 1 ? norm : math.mul(norm, safetyFactor);
  const size = scaleEps ? math.add(limit, eps) : builder.op("Max", [limit, math.constant(eps)]);
  let x = math.div(turned, size);
  for (const [one, cube, fifth] of coefficientsOf(nsCoefficients, nsSteps)) {
    const gram = math.matMul(x, x, { b: true });
    const factor = math.add(math.mul(gram, cube), math.mul(math.matMul(gram, gram), fifth));
    x = math.add(math.mul(x, one), math.matMul(factor, x));
  }
  const upright = isWide ? x : math.transpose(x, [0, 2, 1]);
  return places === 1 ? upright : math.transpose(upright, [1, 2, 0]);
}
