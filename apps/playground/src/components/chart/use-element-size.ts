import { onBeforeUnmount, onMounted, type Ref, shallowRef } from "vue";

/** Pixels. */
export interface ElementSize {
  readonly width: number;
  readonly height: number;
}

/**
 * Size of an element, as it changes.
 *
 * @param before - Size until the element is in a page, and on a server.
 */
export function useElementSize(
  element: Readonly<Ref<HTMLElement | null>>,
  before: ElementSize,
): Readonly<Ref<ElementSize>> {
  const size = shallowRef(before);
  let observer: ResizeObserver | null = null;
  onMounted(() => {
    if (element.value === null) return;
    const measure = () => {
      const { clientWidth: width = 0, clientHeight: height = 0 } = element.value ?? {};
      // What is not shown has no size.
      if (width === 0 || height === 0) return;
      if (width !== size.value.width || height !== size.value.height) size.value = { width, height };
    };
    measure();
    observer = new ResizeObserver(measure);
    observer.observe(element.value);
  });
  onBeforeUnmount(() => observer?.disconnect());
  return size;
}
