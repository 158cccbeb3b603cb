export { type FileJournalOptions, openFileJournal, readFileJournal } from "./file-journal.ts";
export { type JournalFile, type JournalFileSystem, nodeFileSystem } from "./file-system.ts";
export {
  type JournalDirectory,
  type JournalDirectoryOptions,
  type JournalFilter,
  type JournalSummary,
  jobFileName,
  journalDirectory,
} from "./journal-directory.ts";
export { type LockHolder, type LockProcesses, nodeProcesses } from "./lock-holder.ts";
export { nodeLz4 } from "./lz4-compressor.ts";
export { nodeSnappy } from "./snappy-compressor.ts";
export { toNodeWritable } from "./writable.ts";
export { type LevelOptions, nodeDeflate, nodeZstd } from "./zlib-compressors.ts";
