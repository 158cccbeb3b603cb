import { expect, it } from "vitest";
import { isRecognisedStatus, parseUploadStatus } from "./upload-status.ts";

it.each(["UNKNOWN", "NORMAL", "CLOSING", "COMMITTING", "CLOSED", "CANCELED", "EXPIRED", "CRITICAL"])(
  "reads %s in any case",
  (status) => {
    for (const text of [status, status.toLowerCase(), ` ${status[0]}${status.slice(1).toLowerCase()} `]) {
      expect(parseUploadStatus(text)).toEqual({ status, statusText: text });
      expect(isRecognisedStatus(parseUploadStatus(text))).toBe(true);
    }
  },
);

it.each(["sealed", "", "constructor", "CLOSED?"])("keeps the text of %j, which it does not know", (text) => {
  expect(parseUploadStatus(text)).toEqual({ status: "UNKNOWN", statusText: text });
  expect(isRecognisedStatus(parseUploadStatus(text))).toBe(false);
});
