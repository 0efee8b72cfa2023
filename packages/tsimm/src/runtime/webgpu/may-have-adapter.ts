/** A cheap look for a GPU, before drivers are loaded. */
import { existsSync, readdirSync } from "node:fs";

/** Variables that name Vulkan drivers. */
const driverVariables = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES", "VK_ADD_DRIVER_FILES"];

/**
 * Whether there may be a GPU with a driver. On Linux: a file of a driver in `/dev`, or a variable that names a Vulkan driver;
 * elsewhere there always may.
 *
 * @param root - Folder of the device files.
 */
export function mayHaveAdapter(
  platform: string = process.platform,
  env: NodeJS.ProcessEnv = process.env,
  root = "/dev",
): boolean {
  if (platform !== "linux") return true;
  if (driverVariables.some((variable) => env[variable])) return true;
  // NVIDIA's own driver; that of Windows, in its Linux.
  if (["nvidiactl", "nvidia0", "dxg"].some((file) => existsSync(`${root}/${file}`))) return true;
  return existsSync(`${root}/dri`) && readdirSync(`${root}/dri`).some((file) => file.startsWith("renderD"));
}
