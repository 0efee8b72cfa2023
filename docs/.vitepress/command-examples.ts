/** Examples at the top of the page of a command. */

/** A command line that can be copied. */
export interface CommandExample {
  /** What for, a phrase. */
  readonly purpose: string;
  readonly command: string;
}

/** Examples by the name of the command. */
export const commandExamples: Readonly<Record<string, readonly CommandExample[]>> = {
  train: [
    { purpose: "See it work: a small ResNet on built-in images, about a minute", command: "npx tsimm train" },
    {
      purpose: "Train on a folder of photos, one folder per class",
      command:
        "npx tsimm train photos/ --model resnet18 --img-size 160 -b 16 --epochs 30 \\\n  --sched step --decay-epochs 10 --decay-rate 0.1 --warmup-epochs 2",
    },
    {
      purpose: "Go on where a run stopped, to the same bytes",
      command: "npx tsimm train --resume output/train/RUN",
    },
    {
      purpose: "Repeat a run of timm's `train.py` with its own flags",
      command: "npx tsimm train photos/ -c args.yaml",
    },
  ],
  validate: [
    {
      purpose: "Measure the best checkpoint of a run on its images",
      command: "npx tsimm validate photos/ --checkpoint output/train/RUN",
    },
    {
      purpose: "Compare every checkpoint of a folder, the best first",
      command: "npx tsimm validate photos/ --checkpoint checkpoints/",
    },
  ],
  predict: [
    {
      purpose: "Name what is on a photo",
      command: "npx tsimm predict photo.jpg --checkpoint output/train/RUN/model.onnx --topk 3",
    },
    {
      purpose: "Write the answers for a folder as JSON",
      command: "npx tsimm predict photos/new --checkpoint output/train/RUN --json",
    },
  ],
  export: [
    {
      purpose: "Write one ONNX file for any runtime",
      command: "npx tsimm export --checkpoint output/train/RUN -o model.onnx",
    },
  ],
  watch: [{ purpose: "Follow a run from another terminal", command: "npx tsimm watch output/train/RUN" }],
  handoff: [
    { purpose: "Hand a run over to timm's `train.py`", command: "npx tsimm handoff output/train/RUN" },
  ],
  report: [{ purpose: "Write the report of a run again", command: "npx tsimm report output/train/RUN" }],
  schedule: [
    {
      purpose: "See the learning rate of a run before paying for it",
      command: "npx tsimm schedule --sched cosine --epochs 100 --warmup-epochs 5 --lr 0.1",
    },
  ],
  playground: [
    {
      purpose: "Move the parameters of a schedule in a page of your own machine",
      command: "npx tsimm playground",
    },
  ],
  "lr-find": [
    {
      purpose: "Look for a learning rate for a folder of photos",
      command: "npx tsimm lr-find photos/ --model resnet18",
    },
  ],
  models: [{ purpose: "List the ResNets", command: "npx tsimm models 'resnet*'" }],
  inspect: [{ purpose: "See what of an ONNX file can be trained", command: "npx tsimm inspect model.onnx" }],
  completion: [
    { purpose: "Complete commands and flags in bash", command: "npx tsimm completion bash >> ~/.bashrc" },
  ],
};
