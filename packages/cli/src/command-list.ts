import { checkPage } from "./commands/check/check-page.ts";
import type { CommandPage } from "./commands/command-page.ts";
import { completionPage } from "./commands/completion/completion-page.ts";
import { configurePage } from "./commands/configure/configure-page.ts";
import { doctorPage } from "./commands/doctor/doctor-page.ts";
import { historyPage, purgePage, showPage } from "./commands/history/history-pages.ts";
import { inferPage } from "./commands/infer/infer-page.ts";
import { inspectPage } from "./commands/inspect/inspect-page.ts";
import { tunnelPage } from "./commands/old-spellings/tunnel-page.ts";
import { resumePage } from "./commands/resume/resume-page.ts";
import { retryRejectsPage } from "./commands/retry-rejects/retry-rejects-page.ts";
import { blocksPage, commitPage, statusPage } from "./commands/session-pages.ts";
import { uploadPage } from "./commands/upload/upload-page.ts";

/** All commands, in the order in which help lists them. */
export const commandList: readonly CommandPage[] = [
  uploadPage,
  checkPage,
  inferPage,
  resumePage,
  retryRejectsPage,
  statusPage,
  blocksPage,
  commitPage,
  historyPage,
  showPage,
  purgePage,
  inspectPage,
  doctorPage,
  configurePage,
  tunnelPage,
  completionPage(() => commandList),
];
