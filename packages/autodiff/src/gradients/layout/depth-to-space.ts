import { int, readInt } from "../../graph/attributes.ts";
import { defineRule, type Rule } from "../define-rule.ts";

/** y = blocks of channels laid out in space: dy goes back into channels. */
export const depthToSpace: Rule = defineRule({
  op: "DepthToSpace",
  gradient(context) {
    const { gradient, attributes, math, builder } = context;
    const block = readInt(attributes, "blocksize", 1);
    const mode = attributes["mode"];
    if (mode?.type !== "string" || mode.value === "DCR") {
      return [builder.op("SpaceToDepth", [gradient], { blocksize: int(block) })];
    }
    const [batch = 0, channels = 0, height = 0, width = 0] = gradient.shape;
    const cells = math.reshape(gradient, [batch, channels, height / block, block, width / block, block]);
    return [math.reshape(math.transpose(cells, [0, 1, 3, 5, 2, 4]), context.input(0).shape)];
  },
});

/** y = blocks of space laid out in channels: dy goes back into space. */
export const spaceToDepth: Rule = defineRule({
  op: "SpaceToDepth",
  gradient: ({ gradient, attributes, builder }) => [
    builder.op("DepthToSpace", [gradient], { blocksize: int(readInt(attributes, "blocksize", 1)) }),
  ],
});
