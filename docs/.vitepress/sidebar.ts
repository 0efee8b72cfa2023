/** Order of the pages. Each page under `docs/` needs its line here. */
import type { DefaultTheme } from "vitepress";

/** Links at the top of every page. */
export const navigation: DefaultTheme.NavItem[] = [
  { text: "Start", link: "/start/", activeMatch: "^/start/" },
  { text: "Tutorial", link: "/tutorial/step-lr-scheduler", activeMatch: "^/tutorial/" },
  { text: "Schedules", link: "/schedules/", activeMatch: "^/schedules/" },
  { text: "Guides", link: "/guides/train", activeMatch: "^/guides/" },
  {
    text: "Reference",
    activeMatch: "^/(api|command-line|parity|changelog)",
    items: [
      { text: "Command line", link: "/command-line/" },
      { text: "API", link: "/api/" },
      { text: "Parity with timm", link: "/parity" },
      { text: "Changelog", link: "/changelog" },
    ],
  },
  { text: "Playground", link: "/playground" },
  { text: "Train", link: "/train" },
];

/** Sections of the documentation, in reading order. */
export const sidebar: DefaultTheme.SidebarItem[] = [
  {
    text: "Start",
    items: [
      { text: "What tsimm is", link: "/start/" },
      { text: "Five minutes in Node", link: "/start/five-minutes" },
      { text: "Five minutes in a page", link: "/start/in-a-page" },
    ],
  },
  { text: "Tutorial", items: [{ text: "StepLRScheduler", link: "/tutorial/step-lr-scheduler" }] },
  { text: "Schedules", items: [] },
  {
    text: "Guides",
    items: [
      { text: "Train on a folder of images", link: "/guides/train" },
      { text: "Fine-tune on your photos", link: "/guides/fine-tune" },
      { text: "Fine-tune an ONNX file", link: "/guides/onnx-files" },
      { text: "Your own model, optimizer, schedule", link: "/guides/own-model" },
      { text: "Your own data", link: "/guides/own-data" },
      { text: "Your own task", link: "/guides/own-task" },
      { text: "Your own loop and logger", link: "/guides/own-loop-and-logger" },
      { text: "TensorFlow.js and jax-js loops", link: "/guides/tfjs-and-jax-js" },
      { text: "In the browser", link: "/guides/browser" },
      { text: "On a GPU", link: "/guides/gpu" },
      { text: "Stop, resume, hand over", link: "/guides/stop-resume-handoff" },
      { text: "How a training graph comes about", link: "/guides/training-graph" },
      { text: "What equals timm", link: "/guides/equals-timm" },
    ],
  },
];
