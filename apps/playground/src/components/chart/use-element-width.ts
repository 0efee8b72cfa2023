import { onBeforeUnmount, onMounted, type Ref, ref } from "vue";

/**
 * Width of an element in pixels, as it changes.
 *
 * @param before - Width until the element is in a page, and on a server.
 */
export function useElementWidth(element: Readonly<Ref<HTMLElement | null>>, before: number): Ref<number> {
  const width = ref(before);
  let observer: ResizeObserver | null = null;
  onMounted(() => {
    if (element.value === null) return;
    const measure = () => {
      const measured = element.value?.clientWidth ?? 0;
      // What is not shown has no width.
      if (measured > 0) width.value = measured;
    };
    measure();
    observer = new ResizeObserver(measure);
    observer.observe(element.value);
  });
  onBeforeUnmount(() => observer?.disconnect());
  return width;
}
