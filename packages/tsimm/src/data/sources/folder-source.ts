/** A folder with a folder for each split, and in it one for each class. */
import { openImageFolder } from "../image-folder.ts";
import { labelledFolders } from "./labelled-folders.ts";
import { defineSource, type SourceDefinition } from "./source.ts";

/** `photos/train/cat/1.jpg` */
export const folderSource: SourceDefinition = defineSource({
  name: "folder",
  recognises: ({ kind }) => kind === "folder",
  open: (options) => labelledFolders(openImageFolder, options),
});
