export {
  arrowSchema,
  batchMessages,
  batchRows,
  type ParsedColumn,
  type ParsedType,
  readBatches,
} from "./arrow-batches.ts";
