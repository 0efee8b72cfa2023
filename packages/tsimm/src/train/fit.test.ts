import { expect, test } from "vitest";
import { DivergedError } from "../update/diverged-error.ts";
import {
  type Changes,
  countedLoader,
  countedRun,
  lines,
  listener,
  recorder,
  scoring,
  trainCounted,
  validation,
} from "./counted-run.fixture.ts";
import type { TrainingEvent } from "./events.ts";
import { fit } from "./fit.ts";
import { ListenerError } from "./listeners.ts";

test("the events of a plain run", async () => {
  const { events, run } = await trainCounted({ validation });
  expect(lines(events)).toMatchInlineSnapshot(`
    "runStarted {model:tiny,task:scoring,epochs:2,updatesPerEpoch:3,epoch:0,update:0,metrics:[loss,score],outputMetric:null,metric:score,history:[],valInterval:1,logInterval:50,imagesPerUpdate:2,validationImages:2}
    updateDone {epoch:0,epochs:2,index:0,updatesPerEpoch:3,update:1,loss:1,meanLoss:1,gradNorm:2,lr:0.5,images:2,waited:0.25}
    updateDone {epoch:0,epochs:2,index:1,updatesPerEpoch:3,update:2,loss:0.5,meanLoss:0.75,gradNorm:2,lr:0.5,images:2,waited:0.25}
    updateDone {epoch:0,epochs:2,index:2,updatesPerEpoch:3,update:3,loss:0.3333,meanLoss:0.6111,gradNorm:2,lr:0.5,images:2,waited:0.25}
    batchEvaluated {index:0,batches:1,images:2,batch:{loss:0.3333,score:3},means:{loss:0.3333,score:3},epoch:0,epochs:2,weights:plain}
    evaluationDone {epoch:0,weights:plain,metrics:{loss:0.3333,score:3},images:2,unreadable:0,byOutput:[{label:score,images:2,value:3}]}
    checkpointDue {reason:epoch,epoch:0,update:3,row:{epoch:0,trainLoss:0.6111,lr:0.5,validation:{loss:0.3333,score:3},plain:null},metric:3,isBest:true}
    epochDone {epoch:0,epochs:2,update:3,row:{epoch:0,trainLoss:0.6111,lr:0.5,validation:{loss:0.3333,score:3},plain:null},best:{metric:3,epoch:0},nextLr:0.5}
    updateDone {epoch:1,epochs:2,index:0,updatesPerEpoch:3,update:4,loss:0.25,meanLoss:0.25,gradNorm:2,lr:0.5,images:2,waited:0.25}
    updateDone {epoch:1,epochs:2,index:1,updatesPerEpoch:3,update:5,loss:0.2,meanLoss:0.225,gradNorm:2,lr:0.5,images:2,waited:0.25}
    updateDone {epoch:1,epochs:2,index:2,updatesPerEpoch:3,update:6,loss:0.1667,meanLoss:0.2056,gradNorm:2,lr:0.5,images:2,waited:0.25}
    batchEvaluated {index:0,batches:1,images:2,batch:{loss:0.1667,score:6},means:{loss:0.1667,score:6},epoch:1,epochs:2,weights:plain}
    evaluationDone {epoch:1,weights:plain,metrics:{loss:0.1667,score:6},images:2,unreadable:0,byOutput:[{label:score,images:2,value:6}]}
    checkpointDue {reason:epoch,epoch:1,update:6,row:{epoch:1,trainLoss:0.2056,lr:0.5,validation:{loss:0.1667,score:6},plain:null},metric:6,isBest:true}
    epochDone {epoch:1,epochs:2,update:6,row:{epoch:1,trainLoss:0.2056,lr:0.5,validation:{loss:0.1667,score:6},plain:null},best:{metric:6,epoch:1},nextLr:0.5}
    runEnded {outcome:finished,reason:null,best:{metric:6,epoch:1},byOutput:[{label:score,images:2,value:6}],history:[{epoch:0,trainLoss:0.6111,lr:0.5,validation:{loss:0.3333,score:3},plain:null},{epoch:1,trainLoss:0.2056,lr:0.5,validation:{loss:0.1667,score:6},plain:null}]}"
  `);
  const { outcome, best, history, progress } = await run;
  expect({ outcome, best }).toEqual({ outcome: "finished", best: { metric: 6, epoch: 1 } });
  expect(history.map(({ epoch, lr }) => [epoch, lr])).toEqual([
    [0, 0.5],
    [1, 0.5],
  ]);
  expect(progress).toMatchObject({ epoch: 2, update: 6, batch: 0, running: { loss: 0, images: 0 } });
});

test("the events of a run without validation: it is ranked by its training loss", async () => {
  const { events } = await trainCounted({ epochs: 1 });
  expect(lines(events)).toMatchInlineSnapshot(`
    "runStarted {model:tiny,task:scoring,epochs:1,updatesPerEpoch:3,epoch:0,update:0,metrics:[loss,score],outputMetric:null,metric:loss,history:[],valInterval:1,logInterval:50,imagesPerUpdate:2,validationImages:0}
    updateDone {epoch:0,epochs:1,index:0,updatesPerEpoch:3,update:1,loss:1,meanLoss:1,gradNorm:2,lr:0.5,images:2,waited:0.25}
    updateDone {epoch:0,epochs:1,index:1,updatesPerEpoch:3,update:2,loss:0.5,meanLoss:0.75,gradNorm:2,lr:0.5,images:2,waited:0.25}
    updateDone {epoch:0,epochs:1,index:2,updatesPerEpoch:3,update:3,loss:0.3333,meanLoss:0.6111,gradNorm:2,lr:0.5,images:2,waited:0.25}
    checkpointDue {reason:epoch,epoch:0,update:3,row:{epoch:0,trainLoss:0.6111,lr:0.5,validation:null,plain:null},metric:0.6111,isBest:true}
    epochDone {epoch:0,epochs:1,update:3,row:{epoch:0,trainLoss:0.6111,lr:0.5,validation:null,plain:null},best:{metric:0.6111,epoch:0},nextLr:0.5}
    runEnded {outcome:finished,reason:null,best:{metric:0.6111,epoch:0},byOutput:[],history:[{epoch:0,trainLoss:0.6111,lr:0.5,validation:null,plain:null}]}"
  `);
});

test("the events with accumulation: the last update of an epoch takes what is left", async () => {
  const { events, updater } = await trainCounted({
    ...{ gradAccumSteps: 2, epochs: 1, loader: countedLoader({ length: 5 }) },
  });
  expect(lines(events)).toMatchInlineSnapshot(`
    "runStarted {model:tiny,task:scoring,epochs:1,updatesPerEpoch:3,epoch:0,update:0,metrics:[loss,score],outputMetric:null,metric:loss,history:[],valInterval:1,logInterval:50,imagesPerUpdate:4,validationImages:0}
    updateDone {epoch:0,epochs:1,index:0,updatesPerEpoch:3,update:1,loss:1,meanLoss:1,gradNorm:2,lr:0.5,images:4,waited:0.5}
    updateDone {epoch:0,epochs:1,index:1,updatesPerEpoch:3,update:2,loss:0.5,meanLoss:0.75,gradNorm:2,lr:0.5,images:4,waited:0.5}
    updateDone {epoch:0,epochs:1,index:2,updatesPerEpoch:3,update:3,loss:0.3333,meanLoss:0.6667,gradNorm:2,lr:0.5,images:2,waited:0.25}
    checkpointDue {reason:epoch,epoch:0,update:3,row:{epoch:0,trainLoss:0.6667,lr:0.5,validation:null,plain:null},metric:0.6667,isBest:true}
    epochDone {epoch:0,epochs:1,update:3,row:{epoch:0,trainLoss:0.6667,lr:0.5,validation:null,plain:null},best:{metric:0.6667,epoch:0},nextLr:0.5}
    runEnded {outcome:finished,reason:null,best:{metric:0.6667,epoch:0},byOutput:[],history:[{epoch:0,trainLoss:0.6667,lr:0.5,validation:null,plain:null}]}"
  `);
  expect(updater.calls.map((batches) => batches.map(({ targets }) => targets[1]))).toEqual([
    [0, 1],
    [2, 3],
    [4],
  ]);
});

test("the events with a moving average: both sets of weights are evaluated, the average counts", async () => {
  const { events } = await trainCounted({ validation, counted: { average: true }, epochs: 1 });
  expect(lines(events)).toMatchInlineSnapshot(`
    "runStarted {model:tiny,task:scoring,epochs:1,updatesPerEpoch:3,epoch:0,update:0,metrics:[loss,score],outputMetric:null,metric:score,history:[],valInterval:1,logInterval:50,imagesPerUpdate:2,validationImages:4}
    updateDone {epoch:0,epochs:1,index:0,updatesPerEpoch:3,update:1,loss:1,meanLoss:1,gradNorm:2,lr:0.5,images:2,waited:0.25}
    updateDone {epoch:0,epochs:1,index:1,updatesPerEpoch:3,update:2,loss:0.5,meanLoss:0.75,gradNorm:2,lr:0.5,images:2,waited:0.25}
    updateDone {epoch:0,epochs:1,index:2,updatesPerEpoch:3,update:3,loss:0.3333,meanLoss:0.6111,gradNorm:2,lr:0.5,images:2,waited:0.25}
    batchEvaluated {index:0,batches:1,images:2,batch:{loss:0.3333,score:3},means:{loss:0.3333,score:3},epoch:0,epochs:1,weights:plain}
    evaluationDone {epoch:0,weights:plain,metrics:{loss:0.3333,score:3},images:2,unreadable:0,byOutput:[{label:score,images:2,value:3}]}
    batchEvaluated {index:0,batches:1,images:2,batch:{loss:0.4444,score:2.25},means:{loss:0.4444,score:2.25},epoch:0,epochs:1,weights:average}
    evaluationDone {epoch:0,weights:average,metrics:{loss:0.4444,score:2.25},images:2,unreadable:0,byOutput:[{label:score,images:2,value:2.25}]}
    checkpointDue {reason:epoch,epoch:0,update:3,row:{epoch:0,trainLoss:0.6111,lr:0.5,validation:{loss:0.4444,score:2.25},plain:{loss:0.3333,score:3}},metric:2.25,isBest:true}
    epochDone {epoch:0,epochs:1,update:3,row:{epoch:0,trainLoss:0.6111,lr:0.5,validation:{loss:0.4444,score:2.25},plain:{loss:0.3333,score:3}},best:{metric:2.25,epoch:0},nextLr:0.5}
    runEnded {outcome:finished,reason:null,best:{metric:2.25,epoch:0},byOutput:[{label:score,images:2,value:2.25}],history:[{epoch:0,trainLoss:0.6111,lr:0.5,validation:{loss:0.4444,score:2.25},plain:{loss:0.3333,score:3}}]}"
  `);
});

test("the events with a validation every second epoch, and after the last", async () => {
  const { events } = await trainCounted({
    validation,
    valInterval: 2,
    epochs: 3,
    loader: countedLoader({ length: 1 }),
  });
  expect(lines(events)).toMatchInlineSnapshot(`
    "runStarted {model:tiny,task:scoring,epochs:3,updatesPerEpoch:1,epoch:0,update:0,metrics:[loss,score],outputMetric:null,metric:score,history:[],valInterval:2,logInterval:50,imagesPerUpdate:2,validationImages:2}
    updateDone {epoch:0,epochs:3,index:0,updatesPerEpoch:1,update:1,loss:1,meanLoss:1,gradNorm:2,lr:0.5,images:2,waited:0.25}
    epochDone {epoch:0,epochs:3,update:1,row:null,best:null,nextLr:0.5}
    updateDone {epoch:1,epochs:3,index:0,updatesPerEpoch:1,update:2,loss:0.5,meanLoss:0.5,gradNorm:2,lr:0.5,images:2,waited:0.25}
    batchEvaluated {index:0,batches:1,images:2,batch:{loss:0.5,score:2},means:{loss:0.5,score:2},epoch:1,epochs:3,weights:plain}
    evaluationDone {epoch:1,weights:plain,metrics:{loss:0.5,score:2},images:2,unreadable:0,byOutput:[{label:score,images:2,value:2}]}
    checkpointDue {reason:epoch,epoch:1,update:2,row:{epoch:1,trainLoss:0.5,lr:0.5,validation:{loss:0.5,score:2},plain:null},metric:2,isBest:true}
    epochDone {epoch:1,epochs:3,update:2,row:{epoch:1,trainLoss:0.5,lr:0.5,validation:{loss:0.5,score:2},plain:null},best:{metric:2,epoch:1},nextLr:0.5}
    updateDone {epoch:2,epochs:3,index:0,updatesPerEpoch:1,update:3,loss:0.3333,meanLoss:0.3333,gradNorm:2,lr:0.5,images:2,waited:0.25}
    batchEvaluated {index:0,batches:1,images:2,batch:{loss:0.3333,score:3},means:{loss:0.3333,score:3},epoch:2,epochs:3,weights:plain}
    evaluationDone {epoch:2,weights:plain,metrics:{loss:0.3333,score:3},images:2,unreadable:0,byOutput:[{label:score,images:2,value:3}]}
    checkpointDue {reason:epoch,epoch:2,update:3,row:{epoch:2,trainLoss:0.3333,lr:0.5,validation:{loss:0.3333,score:3},plain:null},metric:3,isBest:true}
    epochDone {epoch:2,epochs:3,update:3,row:{epoch:2,trainLoss:0.3333,lr:0.5,validation:{loss:0.3333,score:3},plain:null},best:{metric:3,epoch:2},nextLr:0.5}
    runEnded {outcome:finished,reason:null,best:{metric:3,epoch:2},byOutput:[{label:score,images:2,value:3}],history:[{epoch:1,trainLoss:0.5,lr:0.5,validation:{loss:0.5,score:2},plain:null},{epoch:2,trainLoss:0.3333,lr:0.5,validation:{loss:0.3333,score:3},plain:null}]}"
  `);
});

test("the events with checkpoints every second update of an epoch", async () => {
  const { events } = await trainCounted({
    recoveryInterval: 2,
    loader: countedLoader({ length: 4 }),
    epochs: 1,
  });
  expect(lines(events)).toMatchInlineSnapshot(`
    "runStarted {model:tiny,task:scoring,epochs:1,updatesPerEpoch:4,epoch:0,update:0,metrics:[loss,score],outputMetric:null,metric:loss,history:[],valInterval:1,logInterval:50,imagesPerUpdate:2,validationImages:0}
    updateDone {epoch:0,epochs:1,index:0,updatesPerEpoch:4,update:1,loss:1,meanLoss:1,gradNorm:2,lr:0.5,images:2,waited:0.25}
    updateDone {epoch:0,epochs:1,index:1,updatesPerEpoch:4,update:2,loss:0.5,meanLoss:0.75,gradNorm:2,lr:0.5,images:2,waited:0.25}
    checkpointDue {reason:interval,epoch:0,update:2,row:null,metric:null,isBest:false}
    updateDone {epoch:0,epochs:1,index:2,updatesPerEpoch:4,update:3,loss:0.3333,meanLoss:0.6111,gradNorm:2,lr:0.5,images:2,waited:0.25}
    updateDone {epoch:0,epochs:1,index:3,updatesPerEpoch:4,update:4,loss:0.25,meanLoss:0.5208,gradNorm:2,lr:0.5,images:2,waited:0.25}
    checkpointDue {reason:interval,epoch:0,update:4,row:null,metric:null,isBest:false}
    checkpointDue {reason:epoch,epoch:0,update:4,row:{epoch:0,trainLoss:0.5208,lr:0.5,validation:null,plain:null},metric:0.5208,isBest:true}
    epochDone {epoch:0,epochs:1,update:4,row:{epoch:0,trainLoss:0.5208,lr:0.5,validation:null,plain:null},best:{metric:0.5208,epoch:0},nextLr:0.5}
    runEnded {outcome:finished,reason:null,best:{metric:0.5208,epoch:0},byOutput:[],history:[{epoch:0,trainLoss:0.5208,lr:0.5,validation:null,plain:null}]}"
  `);
});

test("the events with a schedule that follows the metric", async () => {
  const { events } = await trainCounted({
    ...{ validation, plateau: true, epochs: 3, loader: countedLoader({ length: 1 }) },
    counted: { score: () => 1 },
  });
  expect(lines(events)).toMatchInlineSnapshot(`
    "runStarted {model:tiny,task:scoring,epochs:3,updatesPerEpoch:1,epoch:0,update:0,metrics:[loss,score],outputMetric:null,metric:score,history:[],valInterval:1,logInterval:50,imagesPerUpdate:2,validationImages:2}
    updateDone {epoch:0,epochs:3,index:0,updatesPerEpoch:1,update:1,loss:1,meanLoss:1,gradNorm:2,lr:0.5,images:2,waited:0.25}
    batchEvaluated {index:0,batches:1,images:2,batch:{loss:1,score:1},means:{loss:1,score:1},epoch:0,epochs:3,weights:plain}
    evaluationDone {epoch:0,weights:plain,metrics:{loss:1,score:1},images:2,unreadable:0,byOutput:[{label:score,images:2,value:1}]}
    plateauStepped {metric:score,best:1,numBadEpochs:0,patience:0,cooldownCounter:0}
    checkpointDue {reason:epoch,epoch:0,update:1,row:{epoch:0,trainLoss:1,lr:0.5,validation:{loss:1,score:1},plain:null},metric:1,isBest:true}
    epochDone {epoch:0,epochs:3,update:1,row:{epoch:0,trainLoss:1,lr:0.5,validation:{loss:1,score:1},plain:null},best:{metric:1,epoch:0},nextLr:0.5}
    updateDone {epoch:1,epochs:3,index:0,updatesPerEpoch:1,update:2,loss:0.5,meanLoss:0.5,gradNorm:2,lr:0.5,images:2,waited:0.25}
    batchEvaluated {index:0,batches:1,images:2,batch:{loss:1,score:1},means:{loss:1,score:1},epoch:1,epochs:3,weights:plain}
    evaluationDone {epoch:1,weights:plain,metrics:{loss:1,score:1},images:2,unreadable:0,byOutput:[{label:score,images:2,value:1}]}
    plateauStepped {metric:score,best:1,numBadEpochs:0,patience:0,cooldownCounter:0}
    checkpointDue {reason:epoch,epoch:1,update:2,row:{epoch:1,trainLoss:0.5,lr:0.5,validation:{loss:1,score:1},plain:null},metric:1,isBest:false}
    epochDone {epoch:1,epochs:3,update:2,row:{epoch:1,trainLoss:0.5,lr:0.5,validation:{loss:1,score:1},plain:null},best:{metric:1,epoch:0},nextLr:0.25}
    updateDone {epoch:2,epochs:3,index:0,updatesPerEpoch:1,update:3,loss:0.3333,meanLoss:0.3333,gradNorm:2,lr:0.25,images:2,waited:0.25}
    batchEvaluated {index:0,batches:1,images:2,batch:{loss:1,score:1},means:{loss:1,score:1},epoch:2,epochs:3,weights:plain}
    evaluationDone {epoch:2,weights:plain,metrics:{loss:1,score:1},images:2,unreadable:0,byOutput:[{label:score,images:2,value:1}]}
    plateauStepped {metric:score,best:1,numBadEpochs:0,patience:0,cooldownCounter:0}
    checkpointDue {reason:epoch,epoch:2,update:3,row:{epoch:2,trainLoss:0.3333,lr:0.25,validation:{loss:1,score:1},plain:null},metric:1,isBest:false}
    epochDone {epoch:2,epochs:3,update:3,row:{epoch:2,trainLoss:0.3333,lr:0.25,validation:{loss:1,score:1},plain:null},best:{metric:1,epoch:0},nextLr:0.125}
    runEnded {outcome:finished,reason:null,best:{metric:1,epoch:0},byOutput:[{label:score,images:2,value:1}],history:[{epoch:0,trainLoss:1,lr:0.5,validation:{loss:1,score:1},plain:null},{epoch:1,trainLoss:0.5,lr:0.5,validation:{loss:1,score:1},plain:null},{epoch:2,trainLoss:0.3333,lr:0.25,validation:{loss:1,score:1},plain:null}]}"
  `);
});

test("a listener that has enough ends the run after the epoch, which is validated and saved as the last", async () => {
  const stops = listener((event, run) => {
    if (event.type === "updateDone" && event.update === 2) run.stop("enough");
    if (event.type === "updateDone" && event.update === 3) run.stop("more than enough");
  });
  const { events, run } = await trainCounted({ listeners: [stops], validation, valInterval: 5, epochs: 9 });
  expect(events.map(({ type }) => type)).toEqual([
    ...["runStarted", "updateDone", "updateDone", "updateDone"],
    ...["batchEvaluated", "evaluationDone", "checkpointDue", "epochDone", "runEnded"],
  ]);
  expect(events.at(-1)).toMatchObject({
    outcome: "finished",
    reason: "enough",
    best: { metric: 3, epoch: 0 },
  });
  expect(await run).toMatchObject({ outcome: "finished", progress: { epoch: 1, batch: 0 } });
});

test("a listener that has enough after an epoch without a checkpoint ends the run with one", async () => {
  const stops = listener((event, run) => {
    if (event.type === "epochDone") run.stop("enough");
  });
  const { events } = await trainCounted({ listeners: [stops], valInterval: 5, epochs: 9 });
  expect(events.slice(-3)).toMatchObject([
    { type: "epochDone", row: null },
    { type: "checkpointDue", reason: "stopped", epoch: 1, update: 3, row: null, metric: null, isBest: false },
    { type: "runEnded", outcome: "finished", reason: "enough" },
  ]);
});

test("a listener that has enough at the start trains nothing", async () => {
  const stops = listener((event, run) => {
    if (event.type === "runStarted") run.stop("nothing to do");
  });
  const { events, updater } = await trainCounted({ listeners: [stops] });
  expect(events.map(({ type }) => type)).toEqual(["runStarted", "runEnded"]);
  expect(updater.calls).toEqual([]);
});

test.each([
  { at: 1, done: ["updateDone 1"], epoch: 0 },
  { at: 2, done: ["updateDone 1", "updateDone 2"], epoch: 0 },
  { at: 3, done: ["updateDone 1", "updateDone 2", "updateDone 3"], epoch: 0 },
])("the signal in update $at ends the run after it, with a checkpoint", async ({ at, done, epoch }) => {
  const controller = new AbortController();
  const aborts = listener((event) => {
    if (event.type === "updateDone" && event.update === at) controller.abort();
  });
  const { events, run } = await trainCounted({ listeners: [aborts], signal: controller.signal, validation });
  expect(
    events.map((event) => (event.type === "updateDone" ? `updateDone ${event.update}` : event.type)),
  ).toEqual([...["runStarted", ...done, "checkpointDue", "runEnded"]]);
  expect(events.slice(-2)).toMatchObject([
    { reason: "stopped", epoch, update: at, row: null, metric: null, isBest: false },
    { outcome: "stopped", reason: null },
  ]);
  expect(await run).toMatchObject({ outcome: "stopped", progress: { epoch, update: at, batch: at } });
});

test("the signal ends a validation after its batch, and what was trained is saved", async () => {
  const controller = new AbortController();
  const aborts = listener((event) => {
    if (event.type === "batchEvaluated") controller.abort();
  });
  const { events } = await trainCounted({
    ...{ listeners: [aborts], signal: controller.signal, validation: countedLoader({ length: 2 }) },
  });
  expect(events.slice(-3)).toMatchObject([
    { type: "batchEvaluated", index: 0 },
    { type: "checkpointDue", reason: "stopped", epoch: 0, update: 3 },
    { type: "runEnded", outcome: "stopped" },
  ]);
});

test("a signal that is aborted before trains nothing and saves nothing", async () => {
  const { events } = await trainCounted({ signal: AbortSignal.abort() });
  expect(events.map(({ type }) => type)).toEqual(["runStarted", "runEnded"]);
  expect(events[1]).toMatchObject({ outcome: "stopped", best: null, history: [] });
});

test("a signal after the last epoch does not count", async () => {
  const controller = new AbortController();
  const aborts = listener((event) => {
    if (event.type === "epochDone" && event.epoch === 1) controller.abort();
  });
  const { run } = await trainCounted({ listeners: [aborts], signal: controller.signal });
  expect((await run).outcome).toBe("finished");
});

const saved = ["checkpointDue failed", "runEnded failed"];
const unsaved = ["runEnded failed"];

/** What listeners before and behind another one hear once it has failed at an event. */
const failures: readonly [TrainingEvent["type"], before: string[], behind: string[], changes?: Changes][] = [
  ["runStarted", unsaved, unsaved],
  ["message", unsaved, unsaved],
  ["updateDone", saved, saved],
  ["warning", saved, saved],
  ["batchEvaluated", saved, saved],
  ["evaluationDone", saved, saved],
  ["plateauStepped", saved, saved],
  ["checkpointDue", ["checkpointSaved", ...unsaved], ["checkpointDue epoch", "checkpointSaved", ...unsaved]],
  ["checkpointSaved", unsaved, unsaved],
  ["epochDone", unsaved, unsaved],
  ["runEnded", [], ["runEnded finished"]],
  // The update before was saved.
  ["batchEvaluated", unsaved, unsaved, { recoveryInterval: 1 }],
];

test.each(failures)(
  "a listener that fails at %s ends the run; the others hear %j and %j",
  async (type, heardBefore, heardBehind, changes = {}) => {
    const [before, behind] = [recorder("before"), recorder("behind")];
    const fails = listener((event) => {
      if (event.type === type) throw new Error("disk full");
    }, "pictures");
    const emits = listener(async (event, run) => {
      if (event.type === "runStarted") await run.emit({ type: "message", text: "hello" });
      if (event.type === "updateDone") await run.emit({ type: "warning", text: "slow" });
      if (event.type !== "checkpointDue" || event.reason !== "epoch") return;
      await run.emit({ type: "checkpointSaved", reason: "epoch", name: "last", kept: [] });
    });
    const { run } = await trainCounted({
      ...{ validation, plateau: true, loader: countedLoader({ length: 1 }) },
      ...changes,
      listeners: [before, fails, behind, emits],
    });
    const message = 'fit: listener "pictures" failed: disk full';
    await expect(run).rejects.toThrow(message);
    await expect(run).rejects.toBeInstanceOf(ListenerError);
    const at = before.events.findIndex((event) => event.type === type);
    expect(titles(before.events.slice(at + 1))).toEqual(heardBefore);
    expect(titles(behind.events)).toEqual([...titles(before.events.slice(0, at)), ...heardBehind]);
    const reason = heardBehind.at(-1) === "runEnded failed" ? message : null;
    expect(behind.events.at(-1)).toMatchObject({ type: "runEnded", reason });
  },
);

function titles(events: readonly TrainingEvent[]): string[] {
  return events.map((event) => {
    if (event.type === "checkpointDue") return `${event.type} ${event.reason}`;
    return event.type === "runEnded" ? `${event.type} ${event.outcome}` : event.type;
  });
}

test("options that are undefined are absent", async () => {
  const names = [
    "gradAccumSteps",
    "valInterval",
    "logInterval",
    "recoveryInterval",
    "mixingOffEpoch",
    "seed",
  ];
  const absent = Object.fromEntries(
    [...names, "metric", "listeners", "signal"].map((name) => [name, undefined]),
  );
  const { updater } = countedRun();
  const { history } = await fit({ ...countedRun(), updater, ...absent });
  expect(history).toEqual((await (await trainCounted()).run).history);
});

test("a loader that gives fewer batches than it says ends its epoch with them", async () => {
  const { events, updater } = await trainCounted({
    ...{ loader: countedLoader({ length: 5, gives: 3 }), gradAccumSteps: 2, epochs: 1 },
  });
  expect(updater.calls.map((batches) => batches.length)).toEqual([2, 1]);
  expect(events.at(-2)).toMatchObject({ type: "epochDone", update: 2 });
});

test.each([5, 4])(
  "slow weights are brought up to date once at the end of an epoch of %s batches",
  async (gives) => {
    const given = countedRun({ loader: countedLoader({ length: 5, gives }), epochs: 2 });
    let count = 0;
    const optimizer = { ...given.updater.optimizer, paramGroups: given.updater.optimizer.paramGroups };
    const updater = { ...given.updater, optimizer: { ...optimizer, syncLookahead: () => void count++ } };
    await fit({ ...given, updater });
    expect(count).toBe(2);
  },
);

test("a loader that gives nothing is an error", async () => {
  const { run, events } = await trainCounted({ loader: countedLoader({ length: 2, gives: 0 }) });
  await expect(run).rejects.toThrow(
    new RangeError("fit: loader must give at least one batch, got none in epoch 0"),
  );
  expect(events.at(-1)).toMatchObject({ type: "runEnded", outcome: "failed", history: [] });
});

test("a validation of which nothing can be read is an error", async () => {
  const { run } = await trainCounted({ validation: countedLoader({ length: 2, gives: 0 }) });
  await expect(run).rejects.toThrow(new RangeError("fit: no image of the 4 for validation can be read"));
});

test.each<[Changes, string]>([
  [
    { counted: { score: () => Number.NaN } },
    "fit: the metric score must be a number, got NaN in epoch 0; lower the learning rate",
  ],
  [
    { metric: "loss", counted: { score: (updates) => (updates > 3 ? Number.NaN : 1) } },
    "fit: the metric loss must be a number, got NaN in epoch 1; lower the learning rate",
  ],
])("a ranking metric that is NaN is an error: %j", async (changes, message) => {
  const { run, events } = await trainCounted({ validation, ...changes });
  await expect(run).rejects.toThrow(new RangeError(message));
  expect(events.at(-1)).toMatchObject({ type: "runEnded", outcome: "failed", reason: message });
});

test("where only the ranking metric is NaN, the others are proposed", async () => {
  const createMeter = () => {
    const meter = scoring.createMeter();
    return { ...meter, images: 2, result: () => ({ loss: 0.5, score: Number.NaN }) };
  };
  const { run, events } = await trainCounted({ validation, task: { ...scoring, createMeter } });
  await expect(run).rejects.toThrow(
    new RangeError(
      "fit: the metric score must be a number, got NaN in epoch 0; the validation images do not define it: rank epochs by loss",
    ),
  );
  expect(events.slice(-2)).toMatchObject([
    { type: "checkpointDue", reason: "failed", epoch: 0, row: null },
    { type: "runEnded", outcome: "failed" },
  ]);
});

test("a divergence says where it was, and no checkpoint follows", async () => {
  const given = countedRun({ validation });
  const heard = recorder();
  const updater = {
    ...given.updater,
    update: async (
      batches: Parameters<typeof given.updater.update>[0],
      position: { readonly update: number },
    ) => {
      if (position.update === 4) throw new DivergedError(Number.NaN, Number.POSITIVE_INFINITY);
      return await given.updater.update(batches, position);
    },
  };
  const run = fit({ ...given, updater, listeners: [heard] });
  const message =
    "fit: the loss must be finite, got loss NaN and gradient norm Infinity at update 4 (epoch 1, learning rate 0.5); lower the learning rate, lengthen the warm-up or clip the gradients";
  await expect(run).rejects.toThrow(message);
  await expect(run).rejects.toMatchObject({
    ...{ name: "DivergedError", loss: Number.NaN, gradNorm: Number.POSITIVE_INFINITY },
    position: { epoch: 1, update: 4, lr: 0.5 },
  });
  expect(heard.events.slice(-2)).toMatchObject([
    { type: "updateDone", update: 4 },
    { type: "runEnded", outcome: "failed", reason: message },
  ]);
});

test("mixing goes off at its epoch, and changes images and targets before", async () => {
  const { updater } = await trainCounted({
    mixing: { mixup: 1 },
    mixingOffEpoch: 1,
    loader: countedLoader({ length: 1 }),
  });
  const [mixed, plain] = updater.calls.map(([batch]) => batch);
  expect(plain?.targets).toHaveLength(2);
  expect(mixed?.targets).toEqual(Float32Array.of(0, 0, 0, 0));
  expect(plain?.images).toEqual(Uint8Array.of(0, 0, 0, 255, 255, 255));
  expect(mixed?.images).not.toEqual(plain?.images);
});
