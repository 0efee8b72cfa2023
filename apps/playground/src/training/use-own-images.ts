/** Images of one's own, by class, as they are gathered in a page. */
import { computed, reactive, ref } from "vue";
import { decodeImage } from "./decode-image.ts";
import type { NamedFile } from "./dropped-files.ts";
import { type OwnImage, splitImages } from "./split-images.ts";

/** Height and width that images are resized to, in pixels. */
export const OWN_SIDE = 64;

/** A class that is being gathered. */
export interface EditedClass {
  readonly id: number;
  name: string;
  readonly images: OwnImage[];
}

/** Gathers images; files that are none are named and left out. */
export function useOwnImages() {
  let count = 0;
  const classes = reactive<EditedClass[]>([]);
  /** Names of files that could not be decoded. */
  const skipped = ref<readonly string[]>([]);
  /** Files that are still to be decoded. */
  const waiting = ref(0);
  const split = computed(() => splitImages(classes, OWN_SIDE));

  function addClass(name = `class ${classes.length + 1}`): EditedClass {
    count += 1;
    classes.push({ id: count, name, images: [] });
    const added = classes.at(-1);
    if (added === undefined) throw new Error("addClass: a class was not added");
    return added;
  }

  function remove(one: EditedClass): void {
    classes.splice(classes.indexOf(one), 1);
  }

  /**
   * Decodes files and adds them.
   *
   * @param to - Their class; null: the one that is named as the folder of each file.
   */
  async function add(files: readonly NamedFile[], to: EditedClass | null = null): Promise<void> {
    skipped.value = [];
    waiting.value += files.length;
    const classOf = new Map<string | null, EditedClass>();
    for (const { file, path, folder } of files) {
      const pixels = await decodeImage(file, OWN_SIDE).catch(() => null);
      waiting.value -= 1;
      if (pixels === null) {
        skipped.value = [...skipped.value, path];
        continue;
      }
      const found = to ?? classOf.get(folder) ?? classes.find(({ name }) => name === folder);
      const target = found ?? addClass(folder ?? undefined);
      classOf.set(folder, target);
      target.images.push({ name: file.name, pixels });
    }
  }

  return { classes, skipped, waiting, split, addClass, remove, add };
}
