import { expect, test } from "vitest";
import { int } from "../../graph/attributes.ts";
import { GraphBuilder } from "../../graph/builder.ts";
import { int64 } from "../../graph/tensor.ts";
import { compile } from "../../run-graph.fixture.ts";
import { backward } from "../backward.ts";

test("a product of zeros has PyTorch's gradient: that of the only zero, and none of several", async () => {
  const builder = new GraphBuilder("product");
  const x = builder.input("x", "float32", [3, 3]);
  const y = builder.op("ReduceProd", [x, builder.constant(int64([1], [1]))], { keepdims: int(0) });
  const gradient = backward(builder, y, builder.input("gy", "float32", [3]), ["x"]).gradients.get("x");
  if (gradient) builder.output(gradient, "d_x");
  const { d_x } = await (await compile(builder.build()))({
    x: [2, 0, 3, 0, 0, 3, 2, -1, 3],
    gy: [1, 1, 2],
  });
  // x = torch.tensor([[2., 0, 3], [0, 0, 3], [2, -1, 3]], requires_grad=True)
  // torch.prod(x, 1).backward(torch.tensor([1., 1, 2])); x.grad.flatten().tolist()
  expect(d_x).toEqual([0, 6, 0, 0, 0, 0, -6, 12, -4]);
});
