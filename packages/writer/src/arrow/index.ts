export { type ArrowWriter, type ArrowWriterOptions, openArrowWriter } from "./arrow-writer.ts";
