export { type InProcessEmulator, type InProcessOptions, openInProcessEmulator } from "./in-process.ts";
export type { InProcessAnswer, InProcessRequest } from "./message.ts";
