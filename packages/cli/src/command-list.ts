import type { CommandPage } from "./commands/command-page.ts";
import { completionPage } from "./commands/completion/completion-page.ts";
import { configurePage } from "./commands/configure/configure-page.ts";
import { doctorPage } from "./commands/doctor/doctor-page.ts";
import { historyPage, purgePage, showPage } from "./commands/history/history-pages.ts";
import { inspectPage } from "./commands/inspect/inspect-page.ts";
import { tunnelPage } from "./commands/old-spellings/tunnel-page.ts";
import { resumePage } from "./commands/resume/resume-page.ts";
import { blocksPage, commitPage, statusPage } from "./commands/session-pages.ts";
import { uploadPage } from "./commands/upload/upload-page.ts";

/** All commands, in the order in which help lists them. */
export const commandList: readonly CommandPage[] = [
  uploadPage,
  resumePage,
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
