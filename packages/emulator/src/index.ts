export type { Permission, Permissions } from "./auth/permissions.ts";
export type { AdjustableClock, Clock } from "./clock.ts";
export { createAdjustableClock } from "./clock.ts";
export { startEmulator } from "./emulator.ts";
export type { EmulatorErrorCode } from "./errors.ts";
export { EmulatorError, isEmulatorError } from "./errors.ts";
export type {
  AccessKey,
  BearerToken,
  EmulatorLogger,
  EmulatorOptions,
  RequestRecord,
  RunningEmulator,
  SecondCommit,
} from "./options.ts";
export type { EmulatorLimits } from "./server/limits.ts";
export type { FileSystem, OpenFile } from "./storage/file-system.ts";
export { nodeFileSystem } from "./storage/file-system.ts";
