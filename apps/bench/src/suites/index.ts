import { columnsSuite } from "./columns.ts";
import { compressionSuite } from "./compression.ts";
import { decodeSuite } from "./decode.ts";
import { growthSuite } from "./growth.ts";
import { journalSuite } from "./journal.ts";
import { limitsSuite } from "./limits.ts";
import { rowsSuite } from "./rows.ts";
import { startUpSuite } from "./start-up.ts";
import type { Suite } from "./suite.ts";
import { textSuite } from "./text.ts";
import { threadsSuite } from "./threads.ts";
import { emulatorUploadSuite, flightsUploadSuite, gigabyteUploadSuite } from "./upload.ts";

/** Everything that is measured, in the order of the report. */
export const suites: Readonly<Record<string, Suite>> = {
  "upload-flights": flightsUploadSuite,
  "upload-gigabyte": gigabyteUploadSuite,
  "upload-emulator": emulatorUploadSuite,
  rows: rowsSuite,
  text: textSuite,
  columns: columnsSuite,
  decode: decodeSuite,
  threads: threadsSuite,
  limits: limitsSuite,
  growth: growthSuite,
  journal: journalSuite,
  compression: compressionSuite,
  "start-up": startUpSuite,
};
