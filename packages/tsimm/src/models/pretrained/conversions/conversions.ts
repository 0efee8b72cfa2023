/** All ways of naming weights that are read, in the order in which they are tried. */
import type { SafeTensors } from "../../../weights/safetensors.ts";
import type { ConversionTarget, WeightsConversion } from "./conversion.ts";
import { convnextOfAuthors, convnextOfOpenClip } from "./convnext.ts";
import { swinOfAuthors } from "./swin.ts";
import { densenetOfTorchvision, regnetOfTorchvision, vggOfTorchvision } from "./torchvision.ts";
import { linearPatches, transformerOfAuthors, transformerOfOpenClip } from "./vision-transformer.ts";

const conversions: readonly WeightsConversion[] = [
  ...[convnextOfOpenClip, convnextOfAuthors, transformerOfOpenClip, transformerOfAuthors, linearPatches],
  ...[regnetOfTorchvision, densenetOfTorchvision, vggOfTorchvision, swinOfAuthors],
];

/** Gives weights timm's names, where they have others that are known. */
export function withTimmNames(tensors: SafeTensors, target: ConversionTarget): SafeTensors {
  return conversions.reduce<SafeTensors>(
    (before, one) => (one.applies(before, target) ? one.convert(before, target) : before),
    tensors,
  );
}
