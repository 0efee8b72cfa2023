/** The adapter that a page's WebGPU offers. */
import { type Adapter, AdapterError, isSoftwareAdapter } from "./adapter.ts";

/** What is read of a page's `GPUAdapter`. */
interface PageAdapter {
  readonly info?: {
    readonly vendor?: string;
    readonly architecture?: string;
    readonly device?: string;
    readonly description?: string;
    readonly isFallbackAdapter?: boolean;
  };
  /** Of older browsers. */
  readonly isFallbackAdapter?: boolean;
  readonly limits?: { readonly maxStorageBufferBindingSize?: number };
}

/** What is read of a page or worker. */
interface PageGlobals {
  readonly navigator?: {
    readonly gpu?: {
      requestAdapter(options: { powerPreference: "high-performance" }): Promise<PageAdapter | null>;
    };
  };
}

/**
 * Asks the page for its fastest adapter.
 *
 * @param globals - Those of the page or worker.
 * @throws AdapterError if there is none.
 */
export async function findPageAdapter(globals: PageGlobals = globalThis): Promise<Adapter> {
  const gpu = globals.navigator?.gpu;
  if (gpu === undefined) {
    throw new AdapterError(
      "none",
      "WebGPU must be in the browser, and the page served over https or from localhost, got none",
    );
  }
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (adapter === null) throw new AdapterError("none", "WebGPU must have an adapter, got none");
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info ?? {};
  const name =
    description || device || [vendor, architecture].filter(Boolean).join(" ") || "a GPU without a name";
  const isFallback = isFallbackAdapter ?? adapter.isFallbackAdapter ?? false;
  return {
    name,
    isSoftware: isFallback || isSoftwareAdapter(`${name} ${architecture}`),
    maxTensorBytes: adapter.limits?.maxStorageBufferBindingSize,
  };
}
