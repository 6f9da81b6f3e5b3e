import { platform } from 'node:os';

/**
 * Libraries that an execution provider loads by itself, looked for before it is tried. Dawn, which the WebGPU provider
 * stands on, would else print a warning of its own in the middle of the log, and the error would not say what is missing.
 */

const needed: Readonly<Record<string, { readonly library: string; readonly advice: string }>> =
  platform() === 'linux'
    ? { webgpu: { library: 'libvulkan.so.1', advice: "install the Vulkan loader and the GPU's driver for it" } }
    : {};

/** Node loads addons only. What is there and is none is told apart by the loader's message from what is not there. */
function isThere(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library);
    return true;
  } catch (error) {
    return !(error as Error).message.includes('cannot open shared object file');
  }
}

/** @returns why a provider cannot run here, where that is a library that is not there */
export function absentLibrary(provider: string): string | undefined {
  const need = needed[provider];
  return need === undefined || isThere(need.library) ? undefined : `${need.library} is not there (${need.advice})`;
}
