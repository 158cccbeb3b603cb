export type { Permission, Permissions } from "./auth/permissions.ts";
export type { AdjustableClock, Clock } from "./clock.ts";
export { createAdjustableClock } from "./clock.ts";
export { startEmulator } from "./emulator.ts";
export type { EmulatorErrorCode } from "./errors.ts";
export { EmulatorError, isEmulatorError } from "./errors.ts";
export type { FaultStatus, RequestFacts } from "./faults/fault-book.ts";
export type { AnswerEffect, EndedStatus, FaultEffect, FaultMatch, FaultRule } from "./faults/fault-rule.ts";
export type { Faults } from "./faults/faults.ts";
export type {
  AccessKey,
  BearerToken,
  EmulatorLogger,
  EmulatorOptions,
  Profile,
  Quotas,
  RequestRecord,
  RunningEmulator,
  SecondCommit,
} from "./options.ts";
export type { EmulatorLimits } from "./server/limits.ts";
export type { FileSystem, OpenFile } from "./storage/file-system.ts";
export { nodeFileSystem } from "./storage/file-system.ts";
